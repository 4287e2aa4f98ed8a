#include "lint/advice.h"
#include "policy/accept.h"
#include "policy/condition.h"
#include "policy/ports.h"
#include "policy/selector.h"

enum {
	CONTRADICTION,
	SSH_CONTRADICTION,
	NO_TESTS,
	NO_DENIALS,
	NO_SSH_TESTS,
	UNUSED_PROTOCOL,
	IDLE_POSTURE,
	ATTRIBUTE_TYPE,
	RULE_COUNT
};

#define RULE                                                                                       \
	"\t\"grants\": [{\"src\": [\"autogroup:member\"], \"dst\": [\"tag:web\"], "                \
	"\"ip\": [\"tcp:443\"]}],\n"
#define TAGGED     "{\n\t\"tagOwners\": {\"tag:web\": [], \"tag:db\": []},\n" RULE
#define TEST(test) TAGGED "\t\"tests\": [{\"src\": \"ann@example.com\", " test "}],\n}\n"
#define SSH                                                                                        \
	"{\n\t\"tagOwners\": {\"tag:web\": []},\n\t\"grants\": [],\n"                              \
	"\t\"ssh\": [{\"action\": \"check\", \"src\": [\"autogroup:member\"], "                    \
	"\"dst\": [\"tag:web\"], \"users\": [\"web\"]}],\n"
#define SSH_TEST(test)                                                                             \
	SSH "\t\"sshTests\": [{\"src\": \"ann@example.com\", \"dst\": [\"tag:web\"], " test        \
	    "}],\n}\n"

static const hj_rule rules[RULE_COUNT] = {
	[CONTRADICTION] = {.code = "E050",
		.name = "test-contradiction",
		.severity = HJ_ERROR_LEVEL,
		.summary = "a test wants one destination accepted and denied",
		.why = "No policy can satisfy it. The service refuses to save while a test fails.",
		.bad = TEST("\"accept\": [\"tag:web:443\"], \"deny\": [\"tag:web:443\"]"),
		.good = TEST("\"accept\": [\"tag:web:443\"], \"deny\": [\"tag:db:443\"]"),
		.fix = "keep it in one of the two lists",
		.service = "test(s) failed"},
	[SSH_CONTRADICTION] = {.code = "E053",
		.name = "ssh-test-contradiction",
		.severity = HJ_ERROR_LEVEL,
		.summary = "an SSH test wants one account let in and kept out",
		.why = "An account is let in, at once or after a check, or it is not. A test that "
		       "names it in \"deny\" and in another list fails, and the service refuses "
		       "to save.",
		.bad = SSH_TEST("\"check\": [\"web\"], \"deny\": [\"web\"]"),
		.good = SSH_TEST("\"check\": [\"web\"], \"deny\": [\"root\"]"),
		.fix = "keep the account in one list",
		.service = "test(s) failed"},
	[NO_TESTS] = {.code = "E054",
		.name = "no-tests",
		.severity = HJ_INFO_LEVEL,
		.summary = "there are rules and no tests",
		.why = "Tests are checked at every save. They keep a later change from opening or "
		       "closing what matters without anybody noticing.",
		.bad = "{\n\t\"tagOwners\": {\"tag:web\": []},\n" RULE "}\n",
		.good = TEST("\"accept\": [\"tag:web:443\"], \"deny\": [\"tag:db:443\"]"),
		.fix = "add \"tests\" for the access that matters most",
		.off = true},
	[NO_DENIALS] = {.code = "E055",
		.name = "no-deny-tests",
		.severity = HJ_INFO_LEVEL,
		.summary = "no test says what must not be reached",
		.why = "A rule that is too wide passes every \"accept\". Only \"deny\" entries "
		       "notice it.",
		.bad = TEST("\"accept\": [\"tag:web:443\"]"),
		.good = TEST("\"accept\": [\"tag:web:443\"], \"deny\": [\"tag:db:443\"]"),
		.fix = "add \"deny\" entries for what must stay closed",
		.off = true},
	[NO_SSH_TESTS] = {.code = "E056",
		.name = "no-ssh-tests",
		.severity = HJ_INFO_LEVEL,
		.summary = "there are SSH rules and no \"sshTests\"",
		.why = "Who may log in as whom is not looked at by \"tests\".",
		.bad = SSH "}\n",
		.good = SSH_TEST("\"check\": [\"web\"], \"deny\": [\"root\"]"),
		.fix = "add \"sshTests\", above all for root",
		.off = true},
	[UNUSED_PROTOCOL] = {.code = "E057",
		.name = "unused-test-protocol",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a test is about a protocol that no rule allows",
		.why = "Its \"accept\" entries fail, and its \"deny\" entries hold whatever the "
		       "rules are, so they guard nothing.",
		.bad = TEST("\"proto\": \"udp\", \"deny\": [\"tag:web:443\"]"),
		.good = TEST("\"proto\": \"tcp\", \"deny\": [\"tag:db:443\"]"),
		.fix = "name a protocol that a rule allows, or leave \"proto\" out"},
	[IDLE_POSTURE] = {.code = "E058",
		.name = "idle-test-posture",
		.severity = HJ_INFO_LEVEL,
		.summary = "a test gives posture attributes, and no rule has a posture",
		.why = "The attributes change nothing: no rule looks at them.",
		.bad = TEST("\"srcPostureAttrs\": {\"node:os\": \"linux\"}, "
			    "\"accept\": [\"tag:web:443\"]"),
		.good = TEST("\"accept\": [\"tag:web:443\"]"),
		.fix = "remove \"srcPostureAttrs\", or give a rule its \"srcPosture\""},
	[ATTRIBUTE_TYPE] = {.code = "E059",
		.name = "test-attribute-type",
		.severity = HJ_WARNING_LEVEL,
		.summary = "a test gives a posture attribute a value of another type",
		.why = "true is not \"true\": a value of the wrong type meets no condition, and "
		       "the "
		       "test tests another device than it seems to.",
		.bad = "{\n\t\"tagOwners\": {\"tag:web\": []},\n\t\"postures\": {\"posture:a\": "
		       "[\"node:tsAutoUpdate == true\"]},\n\t\"grants\": [{\"src\": "
		       "[\"autogroup:member\"], \"dst\": [\"tag:web\"], \"ip\": [\"tcp:443\"], "
		       "\"srcPosture\": [\"posture:a\"]}],\n\t\"tests\": [{\"src\": "
		       "\"ann@example.com\", \"srcPostureAttrs\": {\"node:tsAutoUpdate\": "
		       "\"true\"}, \"deny\": [\"tag:web:443\"]}],\n}\n",
		.good = "{\n\t\"tagOwners\": {\"tag:web\": []},\n\t\"postures\": {\"posture:a\": "
			"[\"node:tsAutoUpdate == true\"]},\n\t\"grants\": [{\"src\": "
			"[\"autogroup:member\"], \"dst\": [\"tag:web\"], \"ip\": [\"tcp:443\"], "
			"\"srcPosture\": [\"posture:a\"]}],\n\t\"tests\": [{\"src\": "
			"\"ann@example.com\", \"srcPostureAttrs\": {\"node:tsAutoUpdate\": "
			"true}, \"accept\": [\"tag:web:443\"]}],\n}\n",
		.fix = "write the value in the attribute's type"},
};

const hj_rule *hj__test_advice(size_t *count)
{
	*count = RULE_COUNT;
	return rules;
}

typedef struct test_check {
	hj_lint_run *run;
	hj__seen entries;
	bool protocols[256]; /* that some rule allows */
	bool postures;       /* some rule asks for one */
	uint32_t test;       /* the number of the one at hand */
	uint32_t serial;     /* of lists */
	hj_status status;
} test_check;

/*
 * The entries of a test's lists, one after the other: an entry that an earlier list of the same
 * test has contradicts it, unless contradiction is NULL. The meeting's value is the test.
 */
static void check_list(test_check *check, const hj_words *words, const hj_rule *contradiction)
{
	hj_lint_run *run = check->run;
	check->serial++;
	for (uint32_t i = 0; i < words->count && !check->status; i++) {
		const hj_word *word = &words->items[i];
		hj__meeting before, now = {check->serial, word->node, check->test};
		check->status = hj__seen_put(&check->entries, hj_trim(word->text), now, &before);
		if (check->status || !before.list || before.value != check->test ||
			before.list == check->serial || !contradiction)
			continue;
		hj_finding *finding = hj__advise(run, contradiction, word->node,
			"\"%.*s\" cannot be both: it stands in another list of this test too",
			HJ_SLICE_ARGS(word->text));
		hj_finding_service(run->findings, finding, hj_refusal(HJ_STAGE_TESTS, word->node),
			"test(s) failed");
		hj__point(run, finding, before.node, "the other one");
	}
}

static void check_protocol(test_check *check, const hj_word *proto)
{
	uint8_t number;
	if (!proto->node || !hj_protocol_parse(proto->text, &number) || check->protocols[number])
		return;
	hj__advise(check->run, &rules[UNUSED_PROTOCOL], proto->node, "no rule allows \"%.*s\"",
		HJ_SLICE_ARGS(proto->text));
}

static void check_attribute(hj_lint_run *run, const hj_entry *entry)
{
	const hj_attribute *attribute = hj_attribute_find(entry->name.text);
	hj_kind kind = hj__kind(run, entry->value);
	if (!attribute || attribute->type == HJ_VALUE_NONE)
		return;
	bool fits = attribute->type == HJ_VALUE_BOOLEAN ? kind == HJ_TRUE || kind == HJ_FALSE
		: attribute->type == HJ_VALUE_NUMBER    ? kind == HJ_NUMBER
							: kind == HJ_STRING;
	if (fits || kind == HJ_NULL ||
		(kind == HJ_STRING && hj_is_template(hj__inside(run, entry->value))))
		return;
	hj_finding *finding = hj__advise(run, &rules[ATTRIBUTE_TYPE], entry->value, "\"%s\" is %s",
		attribute->name,
		attribute->type == HJ_VALUE_BOOLEAN          ? "true or false"
			: attribute->type == HJ_VALUE_NUMBER ? "a number"
							     : "a string");
	hj_slice text = hj__inside(run, entry->value);
	if (kind == HJ_STRING && attribute->type == HJ_VALUE_BOOLEAN &&
		(hj_slice_equal(text, HJ_SLICE("true")) || hj_slice_equal(text, HJ_SLICE("false"))))
		hj_finding_edit(run->findings, finding,
			hj_node_span(&hj_document_nodes(run->document)[entry->value]), text);
}

static void check_posture(test_check *check, uint32_t test, const hj_entries *posture)
{
	if (!posture->node)
		return;
	if (!check->postures) {
		hj_finding *finding = hj__advise(check->run, &rules[IDLE_POSTURE], posture->node,
			"no rule has a posture that could look at these");
		hj__remove_member(check->run, finding, test, posture->node, true);
		return;
	}
	for (uint32_t i = 0; i < posture->count; i++)
		check_attribute(check->run, &posture->items[i]);
}

/* What the rules allow and ask for. */
static void gather(test_check *check)
{
	static const uint8_t usual[] = {1, 6, 17, 58};
	const hj_policy *policy = check->run->policy;
	bool any = !policy->acls.node && !policy->grants.node; /* then everything is allowed */
	check->postures = policy->default_posture.count > 0;
	for (uint32_t i = 0; i < policy->acls.count; i++) {
		const hj_acl *acl = &policy->acls.items[i];
		uint8_t number;
		check->postures = check->postures || acl->posture.count;
		if (hj_protocol_parse(hj_trim(acl->proto.text), &number))
			check->protocols[number] = true;
		else
			any = true;
	}
	for (uint32_t i = 0; i < policy->grants.count; i++) {
		const hj_grant *grant = &policy->grants.items[i];
		check->postures = check->postures || grant->posture.count;
		for (uint32_t k = 0; k < grant->ip.count; k++) {
			hj_ip_item item;
			if (!hj_ip_item_parse(grant->ip.items[k].text, &item, NULL) ||
				item.protocol < 0)
				any = true;
			else
				check->protocols[item.protocol & 255] = true;
		}
	}
	for (uint32_t i = 0; i < policy->ssh.count; i++)
		check->postures = check->postures || policy->ssh.items[i].posture.count;
	for (size_t i = 0; i < sizeof usual; i++)
		check->protocols[usual[i]] = check->protocols[usual[i]] || any;
	/* Ping is allowed between two addresses as soon as anything is. */
	check->protocols[1] = check->protocols[58] = true;
}

static void check_access_tests(test_check *check)
{
	const hj_tests *tests = &check->run->policy->tests;
	bool denies = false;
	for (uint32_t i = 0; i < tests->count; i++) {
		const hj_test *test = &tests->items[i];
		check->test++;
		check_list(check, &test->accept, &rules[CONTRADICTION]);
		check_list(check, &test->deny, &rules[CONTRADICTION]);
		/* An accept says it by failing. */
		if (test->accept.count == 0)
			check_protocol(check, &test->proto);
		check_posture(check, test->node, &test->posture);
		denies = denies || test->deny.count;
	}
	if (tests->count && !denies)
		hj__advise(check->run, &rules[NO_DENIALS], tests->node,
			"no test says what must not be reached");
}

static void check_ssh_tests(test_check *check)
{
	const hj_ssh_tests *tests = &check->run->policy->ssh_tests;
	for (uint32_t i = 0; i < tests->count; i++) {
		const hj_ssh_test *test = &tests->items[i];
		check->test++;
		check_list(check, &test->accept, NULL);
		/* Whether "accept" rules a check out is not known. */
		check_list(check, &test->check, NULL);
		check_list(check, &test->deny, &rules[SSH_CONTRADICTION]);
		check_posture(check, test->node, &test->posture);
	}
}

hj_status hj__check_tests(hj_lint_run *run)
{
	const hj_policy *policy = run->policy;
	if (!hj__advises(run))
		return HJ_OK;
	if (policy->tests.count == 0 && (policy->acls.count || policy->grants.count))
		hj__advise(run, &rules[NO_TESTS],
			policy->grants.count ? policy->grants.node - 1 : policy->acls.node - 1,
			"there are rules and no tests");
	if (policy->ssh_tests.count == 0 && policy->ssh.count)
		hj__advise(run, &rules[NO_SSH_TESTS], policy->ssh.node - 1,
			"there are SSH rules and no \"sshTests\"");
	if (policy->tests.count == 0 && policy->ssh_tests.count == 0)
		return run->findings->status;
	test_check check = {.run = run};
	hj__seen_init(&check.entries, run->allocator);
	gather(&check);
	check_access_tests(&check);
	check_ssh_tests(&check);
	hj__seen_free(&check.entries);
	return check.status ? check.status : run->findings->status;
}
