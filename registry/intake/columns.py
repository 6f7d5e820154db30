"""The headings and words that exports write; `reading/columns.py` reads them back."""

HEADINGS: dict[str, str] = {
    "name": "姓名",
    "collective_name": "集体名称",
    "kind": "类型",
    "former_names": "曾用名",
    "known_as": "别名",
    "sex": "性别",
    "ethnicity": "民族",
    "born": "出生年月",
    "died": "逝世日期",
    "native_place": "籍贯",
    "political_status": "政治面貌",
    "education": "学历",
    "region": "地区",
    "unit_name": "工作单位",
    "position": "职务",
    "title": "荣誉称号",
    "level": "级别",
    "treatment_level": "享受待遇",
    "year": "年度",
    "granted_on": "授予日期",
    "document_number": "文号",
    "certificate_number": "证书编号",
    "source": "来源",
    "note": "备注",
}
KINDS = {"individual": "个人", "collective": "集体"}
SEXES = {"male": "男", "female": "女"}
LEVELS = {"national": "国家级", "provincial": "省部级", "city": "地市级", "county": "县级", "unit": "单位级"}
EDUCATIONS = {
    "doctor": "博士研究生",
    "master": "硕士研究生",
    "bachelor": "大学本科",
    "college": "大学专科",
    "vocational": "中专",
    "senior": "高中",
    "junior": "初中",
    "primary": "小学",
}
