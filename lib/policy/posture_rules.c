/*
 * The rules of acceptance for postures.
 */
#include "policy/acceptance.h"

const hj_rule hj__posture_rows[B_COUNT] = {
	[B_NAME] =
		{
			.code = "B001",
			.name = "posture-name",
			.severity = HJ_ERROR_LEVEL,
			.summary = "the name of a posture does not begin with \"posture:\"",
			.why = "Rules name postures with the prefix, so nothing can refer to this "
			       "one.",
			.bad = "{\n"
			       "\t\"postures\": {\"postures:mac\": [\"node:os == 'macos'\"]},\n"
			       "}\n",
			.good = "{\n"
				"\t\"postures\": {\n"
				"\t\t\"posture:mac\": [\"node:os == 'macos'\"],\n"
				"\t},\n"
				"\t\"defaultSrcPosture\": [\"posture:mac\"],\n"
				"}\n",
			.fix = "write \"posture:NAME\"",
		},
	[B_SYNTAX] =
		{
			.code = "B002",
			.name = "posture-syntax",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a condition of a posture cannot be read",
			.why = "A condition is an attribute, an operator and a value, with texts "
			       "in single "
			       "quotes; IN and NOT IN have a list in brackets, IS SET and NOT SET "
			       "have no "
			       "value.",
			.bad = "{\n"
			       "\t\"postures\": {\n"
			       "\t\t\"posture:mac\": [\"node:os = 'macos'\"],\n"
			       "\t},\n"
			       "\t\"defaultSrcPosture\": [\"posture:mac\"],\n"
			       "}\n",
			.good = "{\n"
				"\t\"postures\": {\n"
				"\t\t\"posture:mac\": [\"node:os == 'macos'\"],\n"
				"\t},\n"
				"\t\"defaultSrcPosture\": [\"posture:mac\"],\n"
				"}\n",
			.fix = "write ATTRIBUTE OPERATOR VALUE",
		},
};

const hj_rule *hj_posture_rules(size_t *count)
{
	*count = B_COUNT;
	return hj__posture_rows;
}
