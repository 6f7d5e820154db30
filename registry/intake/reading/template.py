"""The words of the template that unions fill in."""

SHEET = "名单"
# Of the rows to correct: a hidden sheet with the words of drop-downs, and the heading of the remarks, which a later import leaves out.
CHOICE_SHEET = "选项"
REMARK = "问题（改好后可删除本列）"
HEADINGS = (
    "姓名或集体名称",
    "类别",
    "性别",
    "民族",
    "出生年月",
    "政治面貌",
    "工作单位",
    "职务",
    "荣誉称号",
    "级别",
    "年度",
    "地区",
    "文号",
    "备注",
)
EXAMPLE = (
    "示例：张三",
    "个人",
    "男",
    "汉族",
    "1985年3月",
    "中共党员",
    "某某机械有限公司",
    "车工",
    "自治区五一劳动奖章",
    "省部级",
    "2024",
    "宁夏回族自治区",
    "",
    "示例，导入时请删除",
)
CHOICES = {
    "类别": ("个人", "集体"),
    "性别": ("男", "女"),
    "级别": ("国家级", "省部级", "地市级", "县级", "单位级"),
}
WIDTHS = {"姓名或集体名称": 24, "工作单位": 36, "荣誉称号": 26, "地区": 20, "备注": 24}
