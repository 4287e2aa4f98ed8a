/*
 * The rules of acceptance for tests and sshTests.
 */
#include "policy/acceptance.h"

const hj_rule hj__test_rows[E_COUNT] = {
	[E_SOURCE] =
		{
			.code = "E001",
			.name = "test-source",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a test has no source, or one that cannot connect",
			.why = "The test fails, and with it the whole policy is refused. A source "
			       "is one "
			       "user, group, tag, host or address.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"100.64.0.1\"], \"ip\": "
			       "[\"22\"]}],\n"
			       "\t\"tests\": [\n"
			       "\t\t{\"src\": \"*\", \"deny\": [\"100.64.0.9:22\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"100.64.0.1\"], \"ip\": "
				"[\"22\"]}],\n"
				"\t\"tests\": [\n"
				"\t\t{\"src\": \"alice@example.com\", \"deny\": "
				"[\"100.64.0.9:22\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "name a user, a group or a tag",
			.service = "test(s) failed",
		},
	[E_NO_ASSERTION] =
		{
			.code = "E002",
			.name = "test-without-assertion",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a test has neither \"accept\" nor \"deny\"",
			.why = "A test that asserts nothing fails, and with it the whole policy is "
			       "refused.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"100.64.0.1\"], \"ip\": "
			       "[\"22\"]}],\n"
			       "\t\"tests\": [\n"
			       "\t\t{\"src\": \"alice@example.com\", \"deny\": []},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"100.64.0.1\"], \"ip\": "
				"[\"22\"]}],\n"
				"\t\"tests\": [\n"
				"\t\t{\"src\": \"alice@example.com\", \"deny\": "
				"[\"100.64.0.9:22\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "say what may or may not be reached",
			.service = "test(s) failed",
		},
	[E_DESTINATION] =
		{
			.code = "E003",
			.name = "test-destination",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a destination of a test is not one device or address",
			.why = "Networks, wildcards and IP sets cannot be tested, not even where a "
			       "rule has "
			       "the very same text: the test fails, and with it the whole policy "
			       "is refused.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"100.64.0.1\"], \"ip\": "
			       "[\"22\"]}],\n"
			       "\t\"tests\": [\n"
			       "\t\t{\"src\": \"alice@example.com\", \"deny\": "
			       "[\"10.0.0.0/8:22\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"100.64.0.1\"], \"ip\": "
				"[\"22\"]}],\n"
				"\t\"tests\": [\n"
				"\t\t{\"src\": \"alice@example.com\", \"deny\": "
				"[\"10.0.0.1:22\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "name one address, host, tag, user or group",
			.service = "test(s) failed",
		},
	[E_PORT] =
		{
			.code = "E004",
			.name = "test-port",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a destination of a test has not exactly one port",
			.why = "Lists, ranges and \"*\" cannot be tested, not even where a rule "
			       "has the very "
			       "same text: the test fails, and with it the whole policy is "
			       "refused. Protocols "
			       "without ports are tested with 0.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"100.64.0.1\"], \"ip\": "
			       "[\"22\"]}],\n"
			       "\t\"tests\": [\n"
			       "\t\t{\"src\": \"alice@example.com\", \"deny\": "
			       "[\"100.64.0.9:22,80\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"100.64.0.1\"], \"ip\": "
				"[\"22\"]}],\n"
				"\t\"tests\": [\n"
				"\t\t{\"src\": \"alice@example.com\", \"deny\": "
				"[\"100.64.0.9:22\", "
				"\"100.64.0.9:80\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write one port, and a string for each",
			.service = "test(s) failed",
		},
	[E_PROTOCOL] =
		{
			.code = "E005",
			.name = "test-protocol",
			.severity = HJ_ERROR_LEVEL,
			.summary = "\"proto\" of a test names no protocol",
			.why = "The test cannot pass. A protocol is one of a few names or a number "
			       "up to 255.",
			.bad = "{\n"
			       "\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
			       "[\"100.64.0.1\"], \"ip\": "
			       "[\"22\"]}],\n"
			       "\t\"tests\": [\n"
			       "\t\t{\"src\": \"alice@example.com\", \"proto\": \"ssh\", \"deny\": "
			       "[\"100.64.0.9:22\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": "
				"[\"100.64.0.1\"], \"ip\": "
				"[\"22\"]}],\n"
				"\t\"tests\": [\n"
				"\t\t{\"src\": \"alice@example.com\", \"proto\": \"tcp\", "
				"\"deny\": "
				"[\"100.64.0.9:22\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "write \"tcp\", \"udp\", another name, or the number",
			.service = "test(s) failed",
		},
	[E_SSH_SOURCE] =
		{
			.code = "E006",
			.name = "ssh-test-source",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an SSH test has no source, or one that cannot be tested",
			.why = "A source is one user, group, tag, host or address. The service "
			       "refuses "
			       "autogroups of roles by name; without a source the test fails.",
			.bad = "{\n"
			       "\t\"sshTests\": [\n"
			       "\t\t{\"src\": \"autogroup:admin\", \"dst\": [\"bob@example.com\"], "
			       "\"deny\": "
			       "[\"root\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"sshTests\": [\n"
				"\t\t{\"src\": \"alice@example.com\", \"dst\": "
				"[\"bob@example.com\"], \"deny\": "
				"[\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "name a user or a tag",
			.service = "SSH tests src contains disallowed element \"‹source›\"",
		},
	[E_SSH_DESTINATION] =
		{
			.code = "E007",
			.name = "ssh-test-destination",
			.severity = HJ_ERROR_LEVEL,
			.summary = "a destination of an SSH test cannot be tested",
			.why = "Destinations are users, groups, tags, and hosts or addresses of "
			       "one device, "
			       "without ports.",
			.bad = "{\n"
			       "\t\"sshTests\": [\n"
			       "\t\t{\"src\": \"alice@example.com\", \"dst\": [\"100.64.0.0/24\"], "
			       "\"deny\": "
			       "[\"root\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"sshTests\": [\n"
				"\t\t{\"src\": \"alice@example.com\", \"dst\": "
				"[\"bob@example.com\"], \"deny\": "
				"[\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "name a device, a tag or a user",
			.service = "SSH tests dst contains disallowed element \"‹destination›\"",
		},
	[E_SSH_NO_ASSERTION] =
		{
			.code = "E008",
			.name = "ssh-test-without-assertion",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an SSH test has neither \"accept\" nor \"check\" nor \"deny\"",
			.why = "A test that asserts nothing fails, and with it the whole policy is "
			       "refused.",
			.bad = "{\n"
			       "\t\"sshTests\": [\n"
			       "\t\t{\"src\": \"alice@example.com\", \"dst\": "
			       "[\"bob@example.com\"], \"deny\": []},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"sshTests\": [\n"
				"\t\t{\"src\": \"alice@example.com\", \"dst\": "
				"[\"bob@example.com\"], \"deny\": "
				"[\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "name accounts in \"accept\", \"check\" or \"deny\"",
			.service = "test(s) failed",
		},
	[E_SSH_USER] =
		{
			.code = "E009",
			.name = "ssh-test-account",
			.severity = HJ_ERROR_LEVEL,
			.summary = "an SSH test names an empty account",
			.why = "Nobody can log in as nobody: the test fails, and with it the whole "
			       "policy is "
			       "refused.",
			.bad = "{\n"
			       "\t\"sshTests\": [\n"
			       "\t\t{\"src\": \"alice@example.com\", \"dst\": "
			       "[\"bob@example.com\"], \"deny\": "
			       "[\"root\", \"\"]},\n"
			       "\t],\n"
			       "}\n",
			.good = "{\n"
				"\t\"sshTests\": [\n"
				"\t\t{\"src\": \"alice@example.com\", \"dst\": "
				"[\"bob@example.com\"], \"deny\": "
				"[\"root\"]},\n"
				"\t],\n"
				"}\n",
			.fix = "remove the empty text",
			.service = "test(s) failed",
		},
};

const hj_rule *hj_test_rules(size_t *count)
{
	*count = E_COUNT;
	return hj__test_rows;
}
