"""A quiz for Canvas: a QTI 1.2 package, with a group of variants for each question."""

from __future__ import annotations

from hashlib import sha256

from ..question import Question
from ..values import text_of
from . import Paper, accepted, categories, feedback_right, feedback_wrong

_XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
#: The time of every file in the zip, the earliest that a zip can have: the same bytes for the same quiz.
EARLIEST = (1980, 1, 1, 0, 0, 0)


def written(paper: Paper) -> bytes:
    import io
    from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

    body = _assessment(paper)
    ident = "cnncalc_" + sha256(body.encode()).hexdigest()[:32]
    body = body.replace("ASSESSMENT", ident, 1)
    files = {
        "imsmanifest.xml": _manifest(ident), f"{ident}/assessment_meta.xml": _meta(paper, ident), f"{ident}/{ident}.xml": body,
    }
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, text in files.items():
            info = ZipInfo(name, EARLIEST)
            info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 3, 0o644 << 16
            archive.writestr(info, text.encode(), compresslevel=0)
    return out.getvalue()


def _manifest(ident: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="{ident}_manifest" xmlns="http://www.imsglobal.org/xsd/imsccv1p1/imscp_v1p1" {_XSI}>
  <metadata>
    <schema>IMS Content</schema>
    <schemaversion>1.1.3</schemaversion>
  </metadata>
  <organizations/>
  <resources>
    <resource identifier="{ident}" type="imsqti_xmlv1p2">
      <file href="{ident}/{ident}.xml"/>
      <dependency identifierref="{ident}_meta"/>
    </resource>
    <resource identifier="{ident}_meta" type="associatedcontent/imscc_xmlv1p1/learning-application-resource" href="{ident}/assessment_meta.xml">
      <file href="{ident}/assessment_meta.xml"/>
    </resource>
  </resources>
</manifest>
"""


def _meta(paper: Paper, ident: str) -> str:
    points = sum([item.points for item in paper.quiz.items])
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<quiz identifier="{ident}" xmlns="http://canvas.instructure.com/xsd/cccv1p0" {_XSI}>
  <title>{_escaped(paper.quiz.title)}</title>
  <description></description>
  <shuffle_answers>false</shuffle_answers>
  <scoring_policy>keep_highest</scoring_policy>
  <quiz_type>assignment</quiz_type>
  <points_possible>{points:g}</points_possible>
  <show_correct_answers>true</show_correct_answers>
  <allowed_attempts>1</allowed_attempts>
  <available>false</available>
</quiz>
"""


def _assessment(paper: Paper) -> str:
    lines = []
    for category, questions in categories(paper):
        items = [line for name, points, question in questions for line in _item(name, points, question)]
        if len(questions) == 1 or paper.individual:
            lines += items
            continue
        lines += [f'<section ident="group_{_id(category)}" title="{_attribute(category)}">', "<selection_ordering><selection>",
                  "<selection_number>1</selection_number>", f"<selection_extension><points_per_item>{questions[0][1]:g}</points_per_item></selection_extension>",
                  "</selection></selection_ordering>", *items, "</section>"]
    return "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>', f'<questestinterop xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2" {_XSI}>',
        f'<assessment ident="ASSESSMENT" title="{_attribute(paper.quiz.title)}">', _field("cc_maxattempts", "1", alone=True),
        '<section ident="root_section">', *lines, "</section>", "</assessment>", "</questestinterop>",
    ]) + "\n"


def _field(label: str, entry: str, alone: bool = False) -> str:
    field = f"<qtimetadatafield><fieldlabel>{label}</fieldlabel><fieldentry>{entry}</fieldentry></qtimetadatafield>"
    return f"<qtimetadata>{field}</qtimetadata>" if alone else field


def _item(name: str, points: float, question: Question) -> list[str]:
    own = "question_" + _id(name + question.stem)
    kind = "multiple_choice_question" if question.choices else "numerical_question" if isinstance(question.answer, int) else "short_answer_question"
    answers = [f"{own}_{i}" for i, _ in enumerate(question.choices)]
    return [
        f'<item ident="{own}" title="{_attribute(name)}">', "<itemmetadata><qtimetadata>", _field("question_type", kind), _field("points_possible", f"{points:g}"),
        *([_field("original_answer_ids", ",".join(answers))] if answers else []), _field("assessment_question_identifierref", f"{own}_ref"),
        "</qtimetadata></itemmetadata>", "<presentation>", _material(question.stem), *_response(question, answers), "</presentation>", "<resprocessing>",
        '<outcomes><decvar maxvalue="100" minvalue="0" varname="SCORE" vartype="Decimal"/></outcomes>',
        '<respcondition continue="Yes"><conditionvar><other/></conditionvar>'
        '<displayfeedback feedbacktype="Response" linkrefid="general_fb"/></respcondition>',
        *_conditions(question, answers), "</resprocessing>", _feedback("general_fb", feedback_right(question)),
        *[_feedback(f"{answer}_fb", "Right." if choice.right else feedback_wrong(choice.mistake, choice.words))
          for answer, choice in zip(answers, question.choices)],
        "</item>",
    ]


def _response(question: Question, answers: list[str]) -> list[str]:
    if question.choices:
        labels = [f'<response_label ident="{answer}">{_material(text_of(choice.value))}</response_label>' for answer, choice in zip(answers, question.choices)]
        return ['<response_lid ident="response1" rcardinality="Single">', "<render_choice>", *labels, "</render_choice>", "</response_lid>"]
    decimal = ' fibtype="Decimal"' if isinstance(question.answer, int) else ""
    return ['<response_str ident="response1" rcardinality="Single">', f'<render_fib{decimal}><response_label ident="answer1"/></render_fib>', "</response_str>"]


def _conditions(question: Question, answers: list[str]) -> list[str]:
    """What each answer shows, and which is right."""
    right = '<setvar action="Set" varname="SCORE">100</setvar>'
    if question.choices:
        shown = [f'<respcondition continue="Yes"><conditionvar>{_equal(answer)}</conditionvar>'
                 f'<displayfeedback feedbacktype="Response" linkrefid="{answer}_fb"/></respcondition>' for answer in answers]
        equal = _equal(next(answer for answer, choice in zip(answers, question.choices) if choice.right))
        return [*shown, f'<respcondition continue="No"><conditionvar>{equal}</conditionvar>{right}</respcondition>']
    if isinstance(question.answer, int):
        n = question.answer
        between = f'<and><vargte respident="response1">{n}</vargte><varlte respident="response1">{n}</varlte></and>'
        return [f'<respcondition continue="No"><conditionvar><or>{_equal(str(n))}{between}</or></conditionvar>{right}</respcondition>']
    equals = "".join([_equal(text) for text in accepted(question)])
    return [f'<respcondition continue="No"><conditionvar>{equals}</conditionvar>{right}</respcondition>']


def _equal(text: str) -> str:
    return f'<varequal respident="response1">{_escaped(text)}</varequal>'


def _material(text: str) -> str:
    """Text as HTML, escaped once as HTML and once as XML."""
    return f'<material><mattext texttype="text/html">{_escaped(f"<p>{_escaped(text)}</p>")}</mattext></material>'


def _feedback(ident: str, text: str) -> str:
    return f'<itemfeedback ident="{ident}"><flow_mat>{_material(text)}</flow_mat></itemfeedback>'


def _id(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:24]


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attribute(text: str) -> str:
    return _escaped(text).replace('"', "&quot;")
