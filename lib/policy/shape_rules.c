#include "policy/shape_parts.h"

/* The grant that the examples are built around. */
#define GRANT "{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": [\"*\"]"

const hj_rule hj__section_rule = {
	.code = "P001",
	.name = "unknown-section",
	.severity = HJ_ERROR_LEVEL,
	.summary = "a policy has no section of this name",
	.why = "The service refuses a policy with a top-level name that it does not know. Often a "
	       "letter is missing, or a member of a section stands beside it because a brace "
	       "closes too early.",
	.bad = "{\n"
	       "\t\"grants\": [" GRANT "}],\n"
	       "\t\"tagOwner\": {\"tag:web\": []},\n"
	       "}\n",
	.good = "{\n"
		"\t\"grants\": [" GRANT "}],\n"
		"\t\"tagOwners\": {\"tag:web\": []},\n"
		"}\n",
	.fix = "correct the name, or move what it holds to where it belongs",
	.service = "json: unknown field \"‹name›\"",
};

const hj_rule hj__shape_table[T_COUNT] = {
	[T_UNKNOWN_FIELD] =
		{
			.code = "T001",
			.name = "unknown-field",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a rule, test or other entry has no field of this name",
			.why = "The service refuses a policy with a field that it does not know, "
			       "so that a misspelt condition never goes unnoticed. Some fields "
			       "belong to one kind of rule alone: \"action\" and \"proto\" to "
			       "acls, \"ip\" and \"via\" to grants.",
			.bad = "{\n\t\"grants\": [" GRANT ", \"action\": \"accept\"}],\n}\n",
			.good = "{\n\t\"grants\": [" GRANT "}],\n}\n",
			.fix = "correct the name, or remove the field",
			.service = "json: unknown field \"‹name›\"",
		},
	[T_WRONG_TYPE] =
		{
			.code = "T002",
			.name = "wrong-type",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a value is not of the type that its field has",
			.why = "Every field has one type. Most often a single string stands where "
			       "a list of strings is wanted, or a number where a string is. Where "
			       "nobody knows what the service makes of it, this is a warning.",
			.bad = "{\n\t\"grants\": [{\"src\": \"*\", \"dst\": [\"*\"], "
			       "\"ip\": [\"*\"]}],\n}\n",
			.good = "{\n\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"*\"], "
				"\"ip\": [\"*\"]}],\n}\n",
			.fix = "write a value of the right type, a list of one for a single string",
		},
	[T_MISSING_FIELD] =
		{
			.code = "T003",
			.name = "missing-field",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a rule lacks a field that it needs",
			.why = "An acl rule without an action is refused. A rule without \"src\" "
			       "or \"dst\" can match nothing: that is a warning, for it may be "
			       "accepted.",
			.bad = "{\n\t\"acls\": [{\"src\": [\"*\"], \"dst\": [\"*:*\"]}],\n}\n",
			.good = "{\n\t\"acls\": [{\"action\": \"accept\", \"src\": [\"*\"], "
				"\"dst\": [\"*:*\"]}],\n}\n",
			.fix = "add the field, or remove the rule",
		},
	[T_BOTH_SPELLINGS] =
		{
			.code = "T004",
			.name = "both-spellings",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a field of a test stands beside the older name for the same",
			.why = "\"user\" and \"allow\" are older names of a test's \"src\" and "
			       "\"accept\". Only one of the two may be written. For the rules of "
			       "\"acls\" see mixed-names.",
			.bad = "{\n"
			       "\t\"acls\": [{\"action\": \"accept\", \"src\": "
			       "[\"a@example.com\"], \"dst\": [\"10.0.0.1:22\"]}],\n"
			       "\t\"tests\": [{\"src\": \"a@example.com\", \"user\": "
			       "\"a@example.com\", \"accept\": [\"10.0.0.1:22\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"acls\": [{\"action\": \"accept\", \"src\": "
				"[\"a@example.com\"], \"dst\": [\"10.0.0.1:22\"]}],\n"
				"\t\"tests\": [{\"src\": \"a@example.com\", \"accept\": "
				"[\"10.0.0.1:22\"]}],\n"
				"}\n",
			.fix = "merge the older field into the newer",
		},
	[T_NULL_VALUE] =
		{
			.code = "T005",
			.name = "null-value",
			.severity = HJ_WARNING_LEVEL,
			.summary = "a value is null where nobody knows what null means",
			.why = "Null is known to be as good as nothing in \"via\", \"users\", "
			       "\"acceptEnv\" and \"checkPeriod\", and to remove a region of "
			       "\"derpMap\". "
			       "Anywhere else the service may refuse it, or take the field for "
			       "absent: \"acls\": null could mean that all is allowed.",
			.bad = "{\n\t\"grants\": [" GRANT ", \"srcPosture\": null}],\n}\n",
			.good = "{\n\t\"grants\": [" GRANT "}],\n}\n",
			.fix = "remove the field, or give it a value",
		},
	[T_ROOT_NOT_OBJECT] =
		{
			.code = "T006",
			.name = "root-not-object",
			.severity = HJ_ERROR_LEVEL,
			.summary = "the document is not an object, as a policy is",
			.why = "A policy is an object whose members are the sections. A list of "
			       "rules on its own is none; it belongs in \"acls\", \"grants\" or "
			       "\"ssh\".",
			.bad = "[\n\t" GRANT "},\n]\n",
			.good = "{\n\t\"grants\": [" GRANT "}],\n}\n",
			.fix = "put braces and the section's name around it",
		},
	[T_DENY_ALL] =
		{
			.code = "T007",
			.name = "deny-all-policy",
			.severity = HJ_INFO_LEVEL,
			.summary = "the list of rules is empty, so nothing is allowed",
			.why = "A policy with neither \"acls\" nor \"grants\" allows everything; "
			       "one with an empty list of them allows nothing. The difference is "
			       "easy to overlook.",
			.bad = "{\n\t\"grants\": [],\n}\n",
			.good = "{\n\t\"grants\": [" GRANT "}],\n}\n",
			.fix = "leave it, if nothing is to be allowed; else add a rule",
			.off = true,
		},
	[T_FIELD_CASE] =
		{
			.code = "T008",
			.name = "field-case",
			.severity = HJ_INFO_LEVEL,
			.summary = "a field's name is written in other letter case than today",
			.why = "Names of fields are matched without regard to case, so old files "
			       "with \"ACLs\" and \"Users\" work. Editors, searches and other "
			       "tools do not always know that.",
			.bad = "{\n\t\"Grants\": [" GRANT "}],\n}\n",
			.good = "{\n\t\"grants\": [" GRANT "}],\n}\n",
			.fix = "write the name as the documentation does",
		},
	[T_COMMENT_AS_FIELD] =
		{
			.code = "T009",
			.name = "comment-as-field",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a comment is written as a field",
			.why = "JSON has no comments, so people write fields such as \"_comment\" "
			       "or \"//\". The service refuses them like any field that it does "
			       "not know. Policy files are HuJSON and have real comments.",
			.bad = "{\n\t\"_comment\": \"everybody may do everything\",\n"
			       "\t\"grants\": [" GRANT "}],\n}\n",
			.good = "{\n\t// everybody may do everything\n"
				"\t\"grants\": [" GRANT "}],\n}\n",
			.fix = "write a comment: // …",
			.service = "json: unknown field \"‹name›\"",
		},
};

const hj_rule *hj_section_rules(size_t *count)
{
	*count = 1;
	return &hj__section_rule;
}

const hj_rule *hj_shape_rules(size_t *count)
{
	*count = T_COUNT;
	return hj__shape_table;
}
