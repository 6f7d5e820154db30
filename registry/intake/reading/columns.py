"""The headings that unions write above their columns: the one place for Chinese headings.

Several columns may mean one thing (职务 and 职称 are both a position); `rows.py` joins them.
"""

import re
import unicodedata
from functools import lru_cache

from django.utils.translation import gettext_lazy as _

COLLECTIVE_NAME = "collective_name"

SYNONYMS: dict[str, str] = {
    "seq": "序号 编号 序 号 顺序 顺序号 次序 行号 No No. # 排序 排名 number serial id index",
    "name": "姓名 名单 获奖者 获奖人 获奖人员 推荐人选 人选姓名 人选 先进个人 姓名或名称 姓名/名称 姓名(名称) 名称/姓名 个人姓名 "
    "劳模姓名 获奖者姓名 获奖人姓名 人员姓名 职工姓名 被推荐人 被推荐人姓名 候选人 候选人姓名 荣获者 获得者 获得者姓名 获奖个人 "
    "获奖人员姓名 表彰对象 受表彰对象 受表彰人员 拟表彰对象 推荐对象 推荐对象姓名 个人或集体 姓名(集体名称) 姓名/集体名称 "
    "姓名或集体名称 姓名(单位名称) 姓名(单位) 获奖个人(集体) 个人(集体)名称 先进个人姓名 获奖对象 获奖名单 员工姓名 人名 劳模 "
    "劳动模范姓名 工匠姓名 姓名/集体 姓名或集体 个人/集体 中文姓名 name full_name person honouree winner recipient",
    COLLECTIVE_NAME: "集体名称 获奖集体 班组名称 获奖集体名称 先进集体 先进集体名称 集体 班组 模范集体 模范集体名称 先锋号名称 "
    "获奖班组 推荐集体 获奖单位 获奖单位名称 受表彰单位 受表彰集体 推荐集体名称 集体(班组)名称 班组(集体)名称 单位(集体)名称 "
    "集体(单位)名称 获奖单位(集体) 单位/集体名称 先进单位 先进单位名称 奖状单位 班组(科室)名称 车间班组 组织名称 collective team",
    "org_name": "名称 单位名称 单位(集体) 单位或集体 单位全称 单位名称(全称) 企业名称 全称",
    "unit": "单位 工作单位 所在单位 现工作单位 原工作单位 任职单位 所属单位 供职单位 单位(全称) 工作单位(全称) 工作单位名称 "
    "所在单位名称 所在企业 所属企业 公司 公司名称 企业 就职单位 退休前单位 工作单位全称 现单位 现所在单位 获奖时单位 "
    "获奖时所在单位 获奖时工作单位 原单位 单位及部门 单位部门 unit work_unit workunit employer company organisation organization workplace",
    "department": "部门 所在部门 车间 所在车间 科室 所在科室 车间(班组) 部门(班组) 部门/班组 所在班组 分厂 department",
    "unit_position": "工作单位及职务 单位及职务 单位职务 工作单位职务 工作单位及职务(职称) 单位及职务(职称) 所在单位及职务 工作单位和职务 "
    "单位和职务 工作单位、职务 单位、职务 工作单位/职务 单位/职务 现工作单位及职务 所在单位职务 工作单位及岗位 单位及岗位 "
    "工作单位职务职称 单位、职务、职称 单位职务职称 工作单位与职务 单位与职务 工作单位及职称 单位及职称 工作单位及身份 单位及工种 "
    "工作单位及工种 单位职称 任职单位及职务 基本情况及单位职务 工作单位及职务职称 工作单位及职务(工种) 获奖时单位及职务 "
    "获奖时工作单位及职务 原工作单位及职务 单位职务(岗位) 工作单位及职务、职称 工作单位、职务(职称) 工作单位、职务、职称 unit_and_position",
    "position": "职务 职称 职务/职称 职务(工种) 岗位 工种 职务职称 职务(职称) 职务、职称 职务或职称 职务及职称 工作岗位 所在岗位 职业 "
    "技术职称 专业技术职务 岗位(工种) 岗位/工种 岗位工种 职务(岗位) 职务/岗位 行政职务 现任职务 工作职务 技能等级 职业(工种) "
    "职务/工种 职务工种 职务或工种 专业技术职称 职务(身份) 从事工种 任职 职级 职位 职业资格 技术等级 现职务 获奖时职务 "
    "职务(职称、工种) 职务、工种 职称(技能等级) 职务(职称)或工种 position post job job_title occupation role",
    "identity_class": "身份 人员类别 推荐类别 人员身份 人员类型 身份类别 类别(身份) 职业身份 群体类别 对象类别 identity_class",
    "title": "称号 荣誉称号 奖项 获奖名称 表彰名称 授予称号 荣誉名称 获奖称号 奖项名称 荣誉 获得荣誉 所获荣誉 所获荣誉称号 表彰项目 "
    "获得称号 获得荣誉称号 拟授称号 拟授予称号 推荐称号 推荐奖项 申报称号 申报奖项 奖励名称 奖励称号 表彰称号 劳模称号 劳模类型 "
    "获奖项目 荣誉称号名称 授予荣誉 授予荣誉称号 何种荣誉 获何荣誉 获何称号 称号名称 获奖类别 奖项类别 奖别 拟推荐称号 "
    "推荐荣誉称号 奖励类别 表彰类别 荣誉类别 命名称号 获奖情况 授奖名称 奖项(称号) 称号(奖项) 荣誉奖项 所获奖项 所获称号 "
    "award award_title title honour honor award_name",
    "level": "级别 等级 表彰级别 荣誉级别 荣誉等级 称号级别 奖项级别 获奖级别 劳模级别 授予级别 奖励级别 层级 荣誉层级 表彰层级 "
    "称号等级 奖项等级 命名级别 level award_level grade",
    "treatment": "享受待遇 待遇 待遇级别 享受何种待遇 享受劳模待遇 享受待遇级别 待遇情况 劳模待遇 treatment treatment_level",
    "year": "年度 年份 时间 日期 授予时间 表彰时间 获奖时间 授予年份 获奖年份 表彰年份 授予年度 获奖年度 表彰年度 荣誉年份 获奖日期 授予日期 "
    "表彰日期 评选年度 评选年份 评选时间 命名时间 命名年份 获得时间 获评时间 获评年份 获得年份 授予时间(年) 届次年份 年 "
    "颁奖时间 授奖时间 授奖年份 获荣誉时间 荣誉时间 何时授予 获奖年月 授予年月 表彰年月 获得荣誉时间 称号授予时间 获得称号时间 "
    "当选年份 获得年度 年代 获奖年 批准时间 year award_year date date_awarded awarded granted_on granted award_date",
    "sex": "性别 男/女 男女 sex gender",
    "ethnicity": "民族 族别 民族成分 ethnicity nationality ethnic_group",
    "facts": "性别民族 性别/民族 性别、民族 性别及民族 民族性别 基本情况",
    "born": "出生年月 出生日期 生日 出生年月日 出生时间 出生年份 生年 出生 出生年 出生年、月 生日年月 born birth birth_date date_of_birth dob birthday",
    "died": "逝世日期 去世时间 去世日期 逝世时间 卒年 去世年月 死亡时间 死亡日期 病故时间 逝世年月 died death_date date_of_death",
    "age": "年龄 岁数 年龄(岁) 岁 周岁 age",
    "political_status": "政治面貌 政治面目 党派 政治身份 党员 是否党员 政治 political_status party political",
    "education": "学历 文化程度 学历学位 最高学历 教育程度 文化 学历/学位 学历(学位) education",
    "native_place": "籍贯 出生地 原籍 祖籍 native_place birthplace",
    "identity_number": "身份证号 身份证号码 公民身份号码 身份证 身份号码 居民身份证号码 居民身份证号 公民身份证号码 公民身份证号 证件号码 "
    "证件号 身份证件号码 id_number identity_number id_card",
    "phone": "手机 联系电话 电话 手机号 手机号码 联系方式 移动电话 联系手机 固定电话 本人电话 phone mobile telephone",
    "address": "家庭住址 住址 家庭地址 通讯地址 联系地址 现住址 地址 户籍地址 户口所在地 居住地址 常住地址 详细地址 address",
    "bank_card": "银行卡号 银行账号 银行账户 账号 卡号 工资卡号 收款账号 银行卡 bank_card bank_account",
    "illness": "健康状况 身体状况 患病情况 病情 illness",
    "income": "月收入 年收入 收入 家庭收入 月工资 工资 退休金 养老金 income",
    "private": "开户行 开户银行 开户行及账号 社保卡号 社会保障号 婚姻状况 补助金额 慰问金额 金额 家庭情况 家庭成员 家庭困难情况 困难情况 "
    "微信 微信号 QQ 邮箱 电子邮箱 email",
    "document_number": "文号 文件号 表彰文号 发文字号 授予文号 表彰文件 表彰文件号 文件文号 决定文号 授予文件 表彰决定文号 批准文号 "
    "文件名称及文号 授予文件文号 document document_number doc_no",
    "certificate_number": "证书编号 证书号 奖章编号 奖章号 荣誉证书编号 荣誉证书号 证号 奖状编号 证书号码 荣誉编号 劳模证号 劳模证编号 "
    "certificate certificate_number cert_no",
    "note": "备注 说明 附注 备考 注 其他 备 note notes remark remarks comment",
    "source": "来源 信息来源 资料来源 出处 数据来源 来源标题 source source_title",
    "region": "地区 省份 所属地区 所在地市 所在地区 地市 所属地市 地域 省 省市 省(区、市) 市 市县 县区 区县 县(市、区) 所在地 所属省份 "
    "所在省份 所属区域 属地 所在市 所属市 所属市县 市(县) 县市区 单位所在地 市州 省(自治区、直辖市) 区域 归属地 所在县区 所属县区 "
    "地(市) 地市州 省区市 省、自治区、直辖市 地区(单位) 所在区县 所在省 所属省 region province area city county place",
    "former_names": "曾用名 原名 又名 former_name former_names",
    "known_as": "别名 绰号 人称 昵称 别称 美称 known_as nickname alias aka",
    "kind": "类型 类别 个人/集体 个人或集体类别 对象 种类 对象类型 表彰类型 获奖类型 集体/个人 kind type",
    "recommender": "推荐单位 推荐单位名称 推荐工会 申报单位 推荐机构 报送单位 上报单位 推荐部门 呈报单位 推荐渠道 推荐地区 推荐单位意见 "
    "归口单位 主管单位 上级单位 上级工会 所属工会 工会 工会名称",
    "industry": "行业 所属行业 产业 所属产业 系统 所属系统 战线 产业系统 行业类别 单位性质 单位类型 企业性质 经济类型 所有制 统一社会信用代码 "
    "社会信用代码 industry ownership",
    "deeds": "主要事迹 事迹 简要事迹 事迹简介 简介 个人简介 简历 主要业绩 先进事迹 工作业绩 个人简历 人物简介 事迹材料 颁奖词 deeds story",
    "other": "曾获荣誉 曾获何种荣誉 曾获奖励 荣誉基础 何时何地受过何种奖励 主要荣誉 曾获主要荣誉 既往荣誉 已获荣誉 参加工作时间 工作时间 "
    "工龄 入党时间 邮编 票数 得票 得票数 得分 照片 职工人数 人数 负责人 "
    "集体人数 负责人姓名 联系人 法定代表人 毕业院校 专业 所学专业 技术特长 状态 现状 在职状态 是否在世 审核意见 意见 "
    "联系人姓名 填表人 配偶姓名 部门负责人 班组长 班组长姓名 集体负责人 女职工人数 单位人数 签字 签名 头像",
}

LABELS = {
    "name": _("Name"),
    "unit": _("Unit"),
    "unit_position": _("Unit and position together"),
    "position": _("Position"),
    "title": _("Award title"),
    "level": _("Level"),
    "treatment": _("Treatment"),
    "year": _("Year"),
    "sex": _("Sex"),
    "ethnicity": _("Ethnicity"),
    "born": _("Born"),
    "died": _("Died"),
    "region": _("Region"),
    "kind": _("Person or collective"),
    "former_names": _("Former names"),
    "known_as": _("Known as"),
    "native_place": _("Native place"),
    "political_status": _("Political status"),
    "education": _("Education"),
    "identity_number": _("Identity number"),
    "phone": _("Telephone"),
    "address": _("Address"),
    "bank_card": _("Bank card"),
    "illness": _("Illness"),
    "income": _("Income"),
    "private": _("Private facts, not taken over"),
    "document_number": _("Document number"),
    "certificate_number": _("Certificate number"),
    "source": _("Source"),
    "note": _("Note"),
    "other": _("Nothing to keep"),
}
"""What a column may hold, for the question about an unknown heading."""


def fold_heading(text: str) -> str:
    """Return a heading without spaces, line breaks, width and marks: `姓　名 *` → `姓名`, `职务 / 职称：` → `职务/职称`."""
    text = unicodedata.normalize("NFKC", text)
    if text.isascii():
        return re.sub(r"[\s_\-]+", "_", text.strip(" *:\t\r\n").lower())
    text = (
        re.sub(r"[\s\x00-\x1f\u200b-\u200f\ufeff]+", "", text)
        .replace("〔", "(")
        .replace("〕", ")")
        .replace("[", "(")
        .replace("]", ")")
    )
    text = text.replace(",", "、").replace("\\", "/").replace("／", "/").replace("︵", "(").replace("︶", ")")
    return text.strip("*:★#、.")


_EXACT = {fold_heading(word): key for key, words in SYNONYMS.items() for word in words.split()}
_ENGLISH_WITH_BLANK = {word.replace("_", ""): key for word, key in _EXACT.items() if word.isascii() and len(word) > 3}

# Longer headings: the first pattern found in the heading (its brackets taken away) decides.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        r"(?:负责人|联系人|配偶|填表人|班组长|推荐人|法人|审核人|经办人|校长|厂长)(?:的)?(?:姓名|电话|签字|职务)?$",
        "other",
    ),
    (r"身份证|公民身份|证件号", "identity_number"),
    (r"(?:手机|电话|联系方式)(?:号码?)?$", "phone"),
    (r"银行卡|账[号户]|卡号", "bank_card"),
    (r"住址|家庭地址", "address"),
    (r"收入|工资|退休金|养老金", "income"),
    (r"病|健康", "illness"),
    (r"银行|家庭", "private"),
    (r"(?:称号|荣誉|奖项).{0,3}(?:及|和|、|与).{0,6}(?:时间|年份|年度|年月|日期)$|^何时.{0,4}获", "title"),
    (r"证书.?(?:编)?号|奖章.?编号", "certificate_number"),
    (r"文号|文件号", "document_number"),
    (r"(?:推荐|申报|报送|上报)(?:单位|工会|机构|部门)$", "recommender"),
    (r"^(?:曾|已|以往|历年).*(?:荣誉|奖励|称号|表彰)", "other"),
    (r"入党|参加工作|任职时间|入职", "other"),
    (r"单位.{0,8}(?:职务|职称|岗位|工种|身份)", "unit_position"),
    (r"出生|生日", "born"),
    (r"去世|逝世|死亡|病故", "died"),
    (r"曾用名", "former_names"),
    (r"(?:集体|班组|先锋号|团队).{0,6}(?:名称|全称)$", COLLECTIVE_NAME),
    (r"姓名", "name"),
    (r"(?:授予|表彰|获奖|获得|荣誉|评选|命名|颁奖|称号|获评|授奖|奖项).{0,8}(?:时间|日期|年份|年度|年月|年)$", "year"),
    (r"(?:荣誉|表彰|称号|奖项|劳模|获奖|奖励).{0,4}(?:级别|等级|层级|层次)$", "level"),
    (r"待遇", "treatment"),
    (r"(?:称号|荣誉|奖项|奖名)(?:名称)?$", "title"),
    (r"(?:工作|所在|任职|现|原|所属)单位", "unit"),
    (r"^(?:职务|职称|岗位|工种)|(?:职务|职称|岗位|工种)$", "position"),
    (r"政治面貌", "political_status"),
    (r"学历|文化程度", "education"),
    (r"籍贯", "native_place"),
    (r"(?:所在|所属)(?:地|省|市|县|区)", "region"),
    (r"^备注", "note"),
    (r"事迹|简历|简介|业绩", "deeds"),
    (r"^民族", "ethnicity"),
    (r"^性别", "sex"),
    (r"^年龄", "age"),
)


_ANY = re.compile("|".join(f"(?:{pattern})" for pattern, _key in _PATTERNS))


@lru_cache(maxsize=32_768)
def recognise(heading: str) -> str:
    """Return the column key of a heading, empty when it is none that is known."""
    if not heading or len(heading) > 40:
        return ""
    folded = fold_heading(heading)
    if not folded:
        return ""
    exact = _EXACT.get(folded)
    if exact:
        return exact
    if folded.isascii():
        return _ENGLISH_WITH_BLANK.get(folded.replace("_", ""), "")
    bare = re.sub(r"\([^()]*\)?", "", folded)
    exact = _EXACT.get(bare)
    if exact or len(bare) > 14 or re.search(r"[0-9。；;]", bare):
        return exact or ""
    return next((key for pattern, key in _PATTERNS if re.search(pattern, bare)), "") if _ANY.search(bare) else ""


def is_exact(heading: str) -> bool:
    """Say whether a heading is one of the fixed ones, not only like one."""
    folded = fold_heading(heading)
    return folded in _EXACT or re.sub(r"\([^()]*\)?", "", folded) in _EXACT


WITHOUT_DAY = re.compile(r"年月(?!日)|年份|年度")
"""A heading that promises no day: 出生年月. The first of a month under it is Excel's, not the birthday."""
