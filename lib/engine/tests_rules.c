/*
 * The rules of tests that are run.
 */
#include "engine/tests.h"
#include "engine/tests_parts.h"

#define TAGGED                                                                                     \
	"{\n"                                                                                      \
	"\t\"tagOwners\": {\"tag:web\": [], \"tag:db\": []},\n"                                    \
	"\t\"grants\": [{\"src\": [\"alice@example.com\"], \"dst\": [\"tag:web\"], "               \
	"\"ip\": [\"tcp:443\"]}],\n"
#define LOGINS                                                                                     \
	"{\n"                                                                                      \
	"\t\"tagOwners\": {\"tag:web\": []},\n"                                                    \
	"\t\"grants\": [],\n"                                                                      \
	"\t\"ssh\": [{\"action\": \"check\", \"src\": [\"alice@example.com\"], "                   \
	"\"dst\": [\"tag:web\"], \"users\": [\"ubuntu\"]}],\n"

const hj_rule hj__assertion_rows[HJ__ASSERTION_RULES] = {
	[HJ__TEST_FAILED] = {.code = "E020",
		.name = "test-failed",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a test of the policy does not hold",
		.why = "Tests are run at every save. One that fails keeps the whole policy from "
		       "being saved, and the service says neither which rule decides nor where "
		       "it stands.",
		.bad = TAGGED "\t\"tests\": [{\"src\": \"alice@example.com\", \"accept\": "
			      "[\"tag:web:22\"]}],\n"
			      "}\n",
		.good = TAGGED "\t\"tests\": [{\"src\": \"alice@example.com\", \"accept\": "
			       "[\"tag:web:443\"]}],\n"
			       "}\n",
		.fix = "mend the rule that comes nearest, or the test",
		.service = "test(s) failed"},
	[HJ__LOGIN_FAILED] = {.code = "E021",
		.name = "ssh-test-failed",
		.severity = HJ_ERROR_LEVEL,
		.summary = "an SSH test of the policy does not hold",
		.why = "SSH tests are run at every save, and one that fails keeps the whole policy "
		       "from being saved. They look at the rules of \"ssh\" alone: whether port 22 "
		       "can be reached does not matter to them.",
		.bad = LOGINS "\t\"sshTests\": [{\"src\": \"alice@example.com\", \"dst\": "
			      "[\"tag:web\"], \"check\": [\"root\"]}],\n"
			      "}\n",
		.good = LOGINS "\t\"sshTests\": [{\"src\": \"alice@example.com\", \"dst\": "
			       "[\"tag:web\"], \"check\": [\"ubuntu\"], \"deny\": [\"root\"]}],\n"
			       "}\n",
		.fix = "mend the rule that comes nearest, or the test",
		.service = "test(s) failed"},
	[HJ__TEST_DEPENDS] = {.code = "E022",
		.name = "test-depends",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a test hangs on what only the tailnet knows",
		.why = "Which device has an address, who is an admin, who is in a group that is "
		       "synced: the policy does not say, the tailnet knows. Until it is said, "
		       "nobody can tell whether the test holds. `hujson check` takes an inventory "
		       "or single assumptions.",
		.bad = TAGGED "\t\"tests\": [{\"src\": \"alice@example.com\", \"accept\": "
			      "[\"100.64.0.9:443\"]}],\n"
			      "}\n",
		.good = TAGGED "\t\"tests\": [{\"src\": \"alice@example.com\", \"accept\": "
			       "[\"tag:web:443\"]}],\n"
			       "}\n",
		.fix = "give an inventory, or test the tag or user instead of the address",
		.off = true},
};

const hj_rule *hj_doubt_rule(void)
{
	return &hj__assertion_rows[HJ__TEST_DEPENDS];
}

const hj_rule *hj_assertion_rules(size_t *count)
{
	*count = HJ__ASSERTION_RULES;
	return hj__assertion_rows;
}
