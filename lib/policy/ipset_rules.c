/*
 * The rules of acceptance for ipsets.
 */
#include "policy/acceptance.h"

const hj_rule hj__ipset_rows[I_COUNT] = {
	[I_NAME] =
		{
			.code = "I001",
			.name = "ipset-name",
			.severity = HJ_ERROR_LEVEL,
			.summary = "the name of an IP set does not begin with \"ipset:\"",
			.why = "Rules name IP sets with the prefix, so nothing can refer to this "
			       "one.",
			.bad = "{\n"
			       "\t\"ipsets\": {\"lan\": [\"10.0.0.0/8\"]},\n"
			       "}\n",
			.good = "{\n"
				"\t\"ipsets\": {\n"
				"\t\t\"ipset:lan\": [\"10.0.0.0/8\"],\n"
				"\t},\n"
				"\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"ipset:lan\"], "
				"\"ip\": [\"443\"]}],\n"
				"}\n",
			.fix = "write \"ipset:NAME\"",
		},
	[I_OPERATION] =
		{
			.code = "I002",
			.name = "ipset-operation",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an item of an IP set cannot be part of it",
			.why = "An item is \"add\" or \"remove\" and an address, a network, a "
			       "range, host:NAME, "
			       "ipset:NAME or autogroup:internet. Tags, users and groups have no "
			       "fixed "
			       "addresses. The service's words are not known.",
			.bad = "{\n"
			       "\t\"ipsets\": {\n"
			       "\t\t\"ipset:lan\": [\"add autogroup:member\"],\n"
			       "\t},\n"
			       "\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"ipset:lan\"], "
			       "\"ip\": [\"443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ipsets\": {\n"
				"\t\t\"ipset:lan\": [\"add 10.0.0.0/8\"],\n"
				"\t},\n"
				"\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"ipset:lan\"], "
				"\"ip\": [\"443\"]}],\n"
				"}\n",
			.fix = "name addresses, hosts with \"host:\", or other sets",
		},
	[I_BARE] =
		{
			.code = "I003",
			.name = "ipset-bare-item",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an item has no \"add\" in a set that removes",
			.why = "The word may only be left out where nothing is removed. The "
			       "documentation "
			       "does not allow the mixture.",
			.bad = "{\n"
			       "\t\"ipsets\": {\n"
			       "\t\t\"ipset:lan\": [\"10.0.0.0/8\", \"remove 10.1.0.0/16\"],\n"
			       "\t},\n"
			       "\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"ipset:lan\"], "
			       "\"ip\": [\"443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ipsets\": {\n"
				"\t\t\"ipset:lan\": [\"add 10.0.0.0/8\", \"remove 10.1.0.0/16\"],\n"
				"\t},\n"
				"\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"ipset:lan\"], "
				"\"ip\": [\"443\"]}],\n"
				"}\n",
			.fix = "write \"add\"",
		},
	[I_CYCLE] =
		{
			.code = "I004",
			.name = "ipset-cycle",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an IP set is part of itself",
			.why = "Sets may name sets, in any order, but not in a circle: there would "
			       "be no way "
			       "to compute them.",
			.bad = "{\n"
			       "\t\"ipsets\": {\n"
			       "\t\t\"ipset:lan\": [\"10.0.0.0/8\", \"ipset:lab\"],\n"
			       "\t\t\"ipset:lab\": [\"10.1.0.0/16\", \"ipset:lan\"],\n"
			       "\t},\n"
			       "\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"ipset:lan\"], "
			       "\"ip\": [\"443\"]}],\n"
			       "}\n",
			.good = "{\n"
				"\t\"ipsets\": {\n"
				"\t\t\"ipset:lan\": [\"10.0.0.0/8\", \"ipset:lab\"],\n"
				"\t\t\"ipset:lab\": [\"192.168.1.0/24\"],\n"
				"\t},\n"
				"\t\"grants\": [{\"src\": [\"*\"], \"dst\": [\"ipset:lan\"], "
				"\"ip\": [\"443\"]}],\n"
				"}\n",
			.fix = "take one of the names out",
		},
};

const hj_rule *hj_ipset_rules(size_t *count)
{
	*count = I_COUNT;
	return hj__ipset_rows;
}
