#include "base/fold.h"
#include "policy/acceptance.h"
#include "policy/missing.h"

static const char failed[] = "test(s) failed";

/* -- tests ------------------------------------------------------------------------------------- */

/* Autogroups of devices and roles are not documented, but policies that are in force test them. */
#define IN_USE (HJ_ROLES | HJ_AUTO(MEMBER) | HJ_AUTO(TAGGED))

static const hj_seat source_seat = {.rule = &hj__test_rows[E_SOURCE],
	.field = ".src",
	.noun = "the source of a test",
	.allowed = HJ_PEOPLE | IN_USE | HJ_KIND(TAG) | HJ_KIND(WORD) | HJ_KIND(ADDRESS),
	.unknown = HJ_KIND(DOMAIN) | HJ_KIND(HOST_PREFIX) | HJ_KIND(PREFIX) | HJ_KIND(SERVICE) |
		HJ_AUTO(SHARED)};
static const hj_seat destination_seat = {.rule = &hj__test_rows[E_DESTINATION],
	.noun = "the destination of a test",
	.allowed = HJ_PEOPLE | IN_USE | HJ_KIND(TAG) | HJ_KIND(WORD) | HJ_KIND(ADDRESS) |
		HJ_KIND(SERVICE),
	.unknown = HJ_KIND(DOMAIN) | HJ_KIND(HOST_PREFIX) | HJ_AUTO(SHARED)};

/* A host alias that stands for a network. */
static bool is_network(const hj_acceptance *run, const hj_selector *selector, hj_word *value)
{
	const hj_entry *host =
		selector->kind == HJ_SELECT_WORD ? hj__host(run, selector->text) : NULL;
	if (!host || !host->word.node)
		return false;
	*value = host->word;
	return hj_selector_parse(host->word.text).kind == HJ_SELECT_PREFIX;
}

/* What is no matter of form makes the test fail (control plane 12, 13). */
static void fail(hj_acceptance *run, hj_finding *finding, uint32_t node)
{
	if (finding)
		finding->refusal = hj_refusal(HJ_STAGE_TESTS, node);
	hj__says(run, finding, failed);
}

static void check_source(hj_acceptance *run, const hj_seat *seat, hj_word source, uint32_t entry,
	const char *section)
{
	const hj_rule *rule = seat->rule;
	hj_selector from = hj__selector(run, source);
	if (source.node == 0 || from.kind == HJ_SELECT_EMPTY) {
		if (source.node == 0 && !hj_lack(run->policy, section, entry, "src"))
			return;
		hj_span span = source.node ? hj_node_span(&run->nodes[source.node])
					   : hj__opening(run, entry);
		hj_finding *finding = hj__blame(run, rule, source.node ? source.node : entry, span,
			source.node ? ".src" : "", "the test has no source");
		hj__help(run, finding, "say in \"src\" who connects: a user, a group or a tag");
		fail(run, finding, entry);
		return;
	}
	hj_finding *finding = hj__seat(run, seat, source, &from);
	if (!finding || finding->severity != HJ_ERROR_LEVEL)
		return;
	if (run->stage == HJ_STAGE_SSH_TESTS && from.kind == HJ_SELECT_AUTOGROUP &&
		hj_autogroup_is_role(from.autogroup))
		hj__says(run, finding, "SSH tests src contains disallowed element \"%.*s\"",
			HJ_WHOLE(from.text));
	else
		fail(run, finding, source.node);
}

/* One number from 1 to 65535, and no range of one; 0 is how a test of ICMP is written. */
static void check_port(hj_acceptance *run, const hj_test *test, const char *field, hj_word word,
	const hj_hostport *parts)
{
	uint16_t port;
	bool zero = hj_slice_equal(parts->ports, HJ_SLICE("0"));
	hj_slice protocol = hj_trim(test->proto.text);
	uint8_t number;
	bool portless = protocol.size && hj_protocol_parse(protocol, &number) &&
		!hj_protocol_has_ports(number);
	if (zero ? portless : hj_port_parse(parts->ports, &port))
		return;
	hj_finding *finding = hj__blame(run, &hj__test_rows[E_PORT], word.node,
		hj__part(run, word, parts->ports.size ? parts->ports : word.text), field,
		"a test needs one port, not \"%.*s\"", HJ_SLICE_ARGS(parts->ports));
	hj__help(run, finding,
		portless ? "write \":0\" for protocols without ports"
			 : "write one number from 1 to 65535, and a string for each");
	hj__says(run, finding, failed);
}

static void check_host(
	hj_acceptance *run, const hj_seat *seat, hj_word word, const hj_hostport *parts)
{
	hj_selector host = hj_policy_selector(run->policy, word.term, parts->host);
	hj_word value = {0};
	hj_finding *finding;
	if (is_network(run, &host, &value)) {
		finding = hj__blame(run, seat->rule, word.node, hj__part(run, word, host.text),
			seat->field, "\"%.*s\" is a network, and a test needs one address",
			HJ_SLICE_ARGS(host.text));
		hj_finding_relate(run->findings, finding, hj_node_span(&run->nodes[value.node]),
			"it is defined here");
		hj__help(run, finding, "test an address in it");
	} else {
		finding = hj__seat(run, seat, word, &host);
		if (finding && host.kind == HJ_SELECT_PREFIX)
			hj__help(run, finding, "write one address, without a length");
		else if (finding && hj__bit(&host) == HJ_AUTO(INTERNET))
			hj__help(run, finding, "write a public address, such as 8.8.8.8");
	}
	if (finding && finding->severity == HJ_ERROR_LEVEL)
		hj__says(run, finding, failed);
}

static void check_destinations(
	hj_acceptance *run, const hj_test *test, const hj_words *list, const char *field)
{
	hj_seat seat = destination_seat;
	seat.field = field;
	for (uint32_t i = 0; i < list->count; i++) {
		hj_word word = list->items[i];
		hj_hostport parts;
		if (hj_is_template(word.text))
			continue;
		if (hj_has_ports(hj_trim(word.text), &parts)) {
			check_port(run, test, field, word, &parts);
			check_host(run, &seat, word, &parts);
			continue;
		}
		hj_slice text = hj_trim(word.text);
		hj_finding *finding =
			hj__blame(run, &hj__test_rows[E_PORT], word.node, hj__part(run, word, text),
				field, "\"%.*s\" has no port", HJ_SLICE_ARGS(text));
		hj__help(run, finding, "append \":PORT\", one number");
		hj__says(run, finding, failed);
	}
}

static void check_protocol(hj_acceptance *run, hj_word protocol)
{
	hj_slice text = hj_trim(protocol.text);
	uint8_t number;
	if (text.size == 0 || hj_is_template(text) || hj_protocol_parse(text, &number))
		return;
	hj_finding *finding = hj__blame(run, &hj__test_rows[E_PROTOCOL], protocol.node,
		hj_node_span(&run->nodes[protocol.node]), ".proto", "\"%.*s\" is no protocol",
		HJ_SLICE_ARGS(text));
	hj__help(run, finding, "write \"tcp\", \"udp\", another name, or a number in quotes");
	hj__says(run, finding, failed);
}

static void blame_no_assertion(
	hj_acceptance *run, const hj_rule *rule, uint32_t entry, const char *hint)
{
	hj_finding *finding = hj__blame(
		run, rule, entry, hj__opening(run, entry), "", "the test asserts nothing");
	hj__help(run, finding, "%s", hint);
	fail(run, finding, entry);
}

static void check_tests(hj_acceptance *run)
{
	run->stage = HJ_STAGE_TESTS;
	for (uint32_t i = 0; i < run->policy->tests.count; i++) {
		const hj_test *test = &run->policy->tests.items[i];
		hj__at_entry(run, "tests", i);
		check_source(run, &source_seat, test->src, test->node, "tests");
		if (test->accept.count + test->deny.count == 0 &&
			hj_lack(run->policy, "tests", test->node, "accept") &&
			hj_lack(run->policy, "tests", test->node, "deny"))
			blame_no_assertion(run, &hj__test_rows[E_NO_ASSERTION], test->node,
				"say in \"accept\" or \"deny\" what may or may not be reached");
		check_destinations(run, test, &test->accept, ".accept");
		check_destinations(run, test, &test->deny, ".deny");
		check_protocol(run, test->proto);
	}
}

/* -- sshTests ---------------------------------------------------------------------------------- */

/* What stands for nobody in particular (wildcards, IP sets) cannot be tested, whatever is said of it. */
#define NOBODY_KNOWS (HJ_KIND(DOMAIN) | HJ_KIND(HOST_PREFIX) | HJ_KIND(SERVICE) | HJ_AUTO(SHARED))

static const hj_seat ssh_source_seat = {.rule = &hj__test_rows[E_SSH_SOURCE],
	.field = ".src",
	.noun = "the source of an SSH test",
	.allowed = HJ_PEOPLE | HJ_AUTO(MEMBER) | HJ_AUTO(TAGGED) | HJ_KIND(TAG) | HJ_KIND(WORD) |
		HJ_KIND(ADDRESS),
	.unknown = NOBODY_KNOWS | HJ_KIND(PREFIX)};
static const hj_seat ssh_destination_seat = {.rule = &hj__test_rows[E_SSH_DESTINATION],
	.field = ".dst",
	.noun = "the destination of an SSH test",
	.allowed = HJ_PEOPLE | IN_USE | HJ_AUTO(SELF) | HJ_KIND(TAG) | HJ_KIND(WORD) |
		HJ_KIND(ADDRESS),
	.unknown = NOBODY_KNOWS};

/* Networks, by an alias too (policy language 3.4), and the internet are a matter of form. */
static void disallow(hj_acceptance *run, hj_finding *finding, hj_slice element)
{
	hj__says(run, finding, "SSH tests dst contains disallowed element \"%.*s\"",
		HJ_WHOLE(element));
}

static void check_ssh_destination(hj_acceptance *run, hj_word word)
{
	hj_selector to = hj__selector(run, word);
	hj_finding *finding = hj__seat(run, &ssh_destination_seat, word, &to);
	hj_word value;
	if (finding) {
		if (to.kind == HJ_SELECT_PREFIX || hj__bit(&to) == HJ_AUTO(INTERNET))
			disallow(run, finding, to.text);
		else if (finding->severity == HJ_ERROR_LEVEL)
			fail(run, finding, word.node);
		return;
	}
	if (!is_network(run, &to, &value))
		return;
	finding = hj__blame(run, &hj__test_rows[E_SSH_DESTINATION], word.node,
		hj__part(run, word, to.text), ".dst",
		"\"%.*s\" is a network, and a test needs one address", HJ_SLICE_ARGS(to.text));
	hj_finding_relate(run->findings, finding, hj_node_span(&run->nodes[value.node]),
		"it is defined here");
	disallow(run, finding, to.text);
}

static void check_accounts(hj_acceptance *run, const hj_words *accounts, const char *field)
{
	for (uint32_t i = 0; i < accounts->count; i++) {
		hj_word word = accounts->items[i];
		if (hj_trim(word.text).size)
			continue;
		hj_finding *finding = hj__blame(run, &hj__test_rows[E_SSH_USER], word.node,
			hj_node_span(&run->nodes[word.node]), field, "an empty text is no account");
		hj__help(run, finding, "remove it");
		fail(run, finding, word.node);
	}
}

static void check_ssh_tests(hj_acceptance *run)
{
	for (uint32_t i = 0; i < run->policy->ssh_tests.count; i++) {
		const hj_ssh_test *test = &run->policy->ssh_tests.items[i];
		run->stage = HJ_STAGE_SSH_TESTS;
		hj__at_entry(run, "sshTests", i);
		check_source(run, &ssh_source_seat, test->src, test->node, "sshTests");
		for (uint32_t k = 0; k < test->dst.count; k++)
			check_ssh_destination(run, test->dst.items[k]);
		check_accounts(run, &test->accept, ".accept");
		check_accounts(run, &test->check, ".check");
		check_accounts(run, &test->deny, ".deny");
		if (test->accept.count + test->check.count + test->deny.count == 0 &&
			hj_lack(run->policy, "sshTests", test->node, "accept") &&
			hj_lack(run->policy, "sshTests", test->node, "check") &&
			hj_lack(run->policy, "sshTests", test->node, "deny"))
			blame_no_assertion(run, &hj__test_rows[E_SSH_NO_ASSERTION], test->node,
				"name accounts in \"accept\", \"check\" or \"deny\"");
	}
}

void hj__accept_tests(hj_acceptance *run)
{
	check_tests(run);
	check_ssh_tests(run);
}
