/*
 * The rules of acceptance for groups, tagOwners and hosts.
 */
#include "policy/acceptance.h"

const hj_rule hj__name_rows[G_COUNT] = {
	[G_NESTED] =
		{
			.code = "G001",
			.name = "nested-group",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a group is a member of a group",
			.why = "Members are people. The service refuses groups in groups at any "
			       "depth, so "
			       "that membership stays plain to see.",
			.bad = "{\n"
			       "\t\"groups\": {\n"
			       "\t\t\"group:eng\": [\"alice@example.com\", \"group:ops\"],\n"
			       "\t\t\"group:ops\": [\"bob@example.com\"],\n"
			       "\t},\n"
			       "\t\"grants\": [{\"src\": [\"group:eng\", \"group:ops\"], \"dst\": "
			       "[\"*\"], \"ip\": "
			       "[\"443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\n"
				"\t\t\"group:eng\": [\"alice@example.com\", \"bob@example.com\"],\n"
				"\t\t\"group:ops\": [\"bob@example.com\"],\n"
				"\t},\n"
				"\t\"grants\": [{\"src\": [\"group:eng\", \"group:ops\"], \"dst\": "
				"[\"*\"], \"ip\": "
				"[\"443\"]}],\n"
				"}\n",
			.fix = "list the people themselves",
			.service = "groups[\"‹outer›\"]: \"‹inner›\": group members cannot be "
				   "recursive",
		},
	[G_MEMBER] =
		{
			.code = "G002",
			.name = "group-member",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a member of a group is no user",
			.why = "Members are logins: alice@example.com, alice@github, "
			       "alice@passkey. Tags, "
			       "hosts, addresses and autogroups stand in rules beside the group, "
			       "not in it.",
			.bad = "{\n"
			       "\t\"groups\": {\n"
			       "\t\t\"group:eng\": [\"alice@example.com\", \"autogroup:admin\"],\n"
			       "\t},\n"
			       "\t\"grants\": [{\"src\": [\"group:eng\"], \"dst\": [\"*\"], "
			       "\"ip\": [\"443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\n"
				"\t\t\"group:eng\": [\"alice@example.com\"],\n"
				"\t},\n"
				"\t\"grants\": [{\"src\": [\"group:eng\"], \"dst\": [\"*\"], "
				"\"ip\": [\"443\"]}],\n"
				"}\n",
			.fix = "list logins alone",
		},
	[G_GROUP_NAME] =
		{
			.code = "G003",
			.name = "group-name",
			.severity = HJ_ERROR_LEVEL,
			.summary = "the name of a group does not begin with \"group:\"",
			.why = "Rules name groups with the prefix, so nothing can refer to this "
			       "one.",
			.bad = "{\n"
			       "\t\"groups\": {\"groups:eng\": [\"alice@example.com\"]},\n"
			       "}\n",
			.good = "{\n"
				"\t\"groups\": {\n"
				"\t\t\"group:eng\": [\"alice@example.com\"],\n"
				"\t},\n"
				"\t\"grants\": [{\"src\": [\"group:eng\"], \"dst\": [\"*\"], "
				"\"ip\": [\"443\"]}],\n"
				"}\n",
			.fix = "write \"group:NAME\"",
		},
	[G_TAG_NAME] =
		{
			.code = "G004",
			.name = "tag-name",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a tag's name is malformed",
			.why = "After \"tag:\" comes an ASCII letter, then letters, digits and "
			       "dashes. The "
			       "service refuses the whole policy for anything else.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:web_1\": []},\n"
			       "\t\"grants\": [{\"src\": [\"tag:web_1\"], \"dst\": [\"*\"], "
			       "\"ip\": [\"443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web-1\": []},\n"
				"\t\"grants\": [{\"src\": [\"tag:web-1\"], \"dst\": [\"*\"], "
				"\"ip\": [\"443\"]}],\n"
				"}\n",
			.fix = "use letters, digits and dashes, a letter first",
			.service = "tagOwners[\"‹tag›\"]: tag names must start with a letter, "
				   "after 'tag:'",
		},
	[G_OWNER] =
		{
			.code = "G005",
			.name = "tag-owner",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an owner of a tag cannot be one",
			.why = "Tags are owned by users, groups, autogroups of people and other "
			       "tags. An "
			       "address, a host or a wildcard cannot assign a tag.",
			.bad = "{\n"
			       "\t\"tagOwners\": {\"tag:web\": [\"*\"]},\n"
			       "\t\"grants\": [{\"src\": [\"tag:web\"], \"dst\": [\"*\"], \"ip\": "
			       "[\"443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"tagOwners\": {\"tag:web\": [\"autogroup:member\"]},\n"
				"\t\"grants\": [{\"src\": [\"tag:web\"], \"dst\": [\"*\"], \"ip\": "
				"[\"443\"]}],\n"
				"}\n",
			.fix = "name a user, a group, an autogroup or a tag",
		},
	[G_HOST_NAME] =
		{
			.code = "G006",
			.name = "host-name",
			.severity = HJ_ERROR_LEVEL,
			.summary = "the name of a host has a colon or an @",
			.why = "A colon separates ports and an @ makes a login, so a rule could "
			       "not name this "
			       "host.",
			.bad = "{\n"
			       "\t\"hosts\": {\"web:1\": \"100.64.0.9\"},\n"
			       "\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"*\"], \"ip\": "
			       "[\"443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"hosts\": {\"web-1\": \"100.64.0.9\"},\n"
				"\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"web-1\"], \"ip\": "
				"[\"443\"]}],\n"
				"}\n",
			.fix = "use letters, digits and dashes",
			.service = "host name must not contain colon (:)",
		},
	[G_HOST_VALUE] =
		{
			.code = "G007",
			.name = "host-address",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a host is not defined as an address or a network",
			.why = "Names are not looked up: a host is one address or one "
			       "ADDRESS/LENGTH. Ranges "
			       "and sets belong in \"ipsets\", ports in the rules.",
			.bad = "{\n"
			       "\t\"hosts\": {\"web\": \"web.example.com\"},\n"
			       "\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"web\"], \"ip\": "
			       "[\"443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"hosts\": {\"web\": \"100.64.0.9\"},\n"
				"\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"web\"], \"ip\": "
				"[\"443\"]}],\n"
				"}\n",
			.fix = "write the address",
		},
};

const hj_rule *hj_name_rules(size_t *count)
{
	*count = G_COUNT;
	return hj__name_rows;
}
