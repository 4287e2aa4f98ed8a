/*
 * Acceptance by cases: what a policy with one fault is answered, and where the fault is said to be.
 * The recorded answers are in conformance_test.c; these are what the recordings lack. Each kind of
 * selector in each position, and both sides of every boundary that the references draw, are in
 * testdata/accept/cases.jsonl.
 */
#include "lint/lint.h"
#include "policy/accept.h"

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>
#include <stdio.h>

typedef struct trial {
	hj_source *source;
	hj_document *document;
	hj_findings findings;
} trial;

static void judge(trial *run, hj_text *json, hj_slice tailnet)
{
	cr_assert_eq(hj_source_adopt(NULL, json, &run->source), HJ_OK);
	cr_assert_eq(hj_parse(run->source, 0, &run->document), HJ_OK);
	hj_findings_init(&run->findings, NULL);
	hj_lint_options options = {.tailnet = tailnet, .fragment = HJ_FRAGMENT_NO};
	cr_assert_eq(hj_lint(run->document, &options, &run->findings), HJ_OK);
}

/* Single quotes stand for double ones. */
static void begin(trial *run, const char *text, hj_slice tailnet)
{
	hj_text json;
	hj_text_init(&json, NULL);
	hj_text_str(&json, text);
	for (size_t i = 0; i < json.size; i++)
		if (json.data[i] == '\'')
			json.data[i] = '"';
	judge(run, &json, tailnet);
}

static void finish(trial *run)
{
	hj_findings_free(&run->findings);
	hj_document_free(run->document);
	hj_source_free(run->source);
}

#define ACL(src, dst)  "{'acls': [{'action': 'accept', 'src': [" src "], 'dst': [" dst "]}]}"
#define GRANT(dst, ip) "{'grants': [{'src': ['*'], 'dst': [" dst "], " ip "}]}"
#define SSH(src, dst, users, more)                                                                 \
	"{'ssh': [{'action': 'accept', 'src': [" src "], 'dst': [" dst "], 'users': [" users       \
	"]" more "}]}"

static const struct {
	const char *document;
	const char *says; /* '' around names; "": refused in unknown words; NULL: accepted */
	const char *at;   /* the bytes that are blamed, or NULL */
} cases[] = {
	/* Ports: only the faulty part is blamed. */
	{ACL("'*'", "'100.64.0.1'"), "dst='100.64.0.1': hostport must contain a colon (':')",
		"100.64.0.1"},
	{ACL("'*'", "'100.64.0.1:0'"),
		"dst='100.64.0.1:0': port range '0': first port must be >0, or use '*' for "
		"wildcard",
		"0"},
	{ACL("'*'", "'*:22,0-80,x'"),
		"dst='*:22,0-80,x': port range '0-80': first port must be >0, or use '*' for "
		"wildcard",
		"0-80"},
	{ACL("'*'", "'*:443-80'"),
		"dst='*:443-80': port range '443-80': first port must be >= last port", "443-80"},
	{ACL("'*'", "'*:1-2-3'"), "dst='*:1-2-3': port range '1-2-3': too many dashes(-)", "1-2-3"},
	{ACL("'*'", "'*:'"), "dst='*:': invalid port list: ''", "*:"},
	{ACL("'*'", "' group:a@b.c '"),
		"dst='group:a@b.c': port range 'a@b.c': invalid first integer", "group:a@b.c"},
	{ACL("'*'", "'a@b.c,c@d.e:22'"), "dst='a@b.c,c@d.e:22': host cannot contain a comma (',')",
		"a@b.c,c@d.e"},
	{ACL("'*'", "'[fd7a::1]:22', 'fd00::/64:443', 'fd7a::1:22'"), NULL, NULL},
	{ACL("'*'", "'[10.0.0.1]:22'"), "", NULL},
	{ACL("'*'", "'fd7a:115c:a1e0::1'"), "", "fd7a:115c:a1e0::1"},
	/* Places. */
	{ACL("'localpart:*@b.c'", "'*:1'"), "", "localpart:*@b.c"},
	{ACL("'\\u0073vc:x'", "'*:1'"), "", "'\\u0073vc:x'"},
	{ACL("'autogroup:shared', 'autogroup:danger-all', 'user:*@b.c'", "'svc:x:1'"), NULL, NULL},
	{ACL("'*'", "'autogroup:self:*'"), NULL, NULL},
	{ACL("'a@b.c', '10.0.0.1'", "'autogroup:self:*'"),
		"autogroup:self can only be used with users, groups, or supported autogroups",
		"10.0.0.1"},
	{ACL("'${VAR}', 'tag:<x>'", "'{{ host }}:1'"), NULL, NULL},
	/* Grants. */
	{GRANT("'web:443'", "'ip': ['*']"), "host name must not contain colon (:)", ":443"},
	{GRANT("'a@b.c'", "'ip': ['tcp:22,80']"), "port range '22,80': invalid first integer",
		"'tcp:22,80'"},
	{GRANT("'a@b.c'", "'ip': ['foo:80']"),
		"proto name 'foo' not known; use protocol number 0-255", NULL},
	{GRANT("'a@b.c'", "'ip': []"), "ip and app can not both be empty", "[]"},
	{GRANT("'a@b.c'", "'ip': ['1-65535', 'tcp:*', 'icmp:*', '47', '47:*', '*:443']"), NULL,
		NULL},
	{GRANT("'10.0.0.0/0'", "'ip': ['*']"), NULL, NULL},
	/* Names. */
	{"{'hosts': {'a@b': '10.0.0.1'}}",
		"host names cannot include an @, please change the name for 'a@b'", "@"},
	{"{'hosts': {'a': '10.0.0.1-10.0.0.9'}}", "", "'10.0.0.1-10.0.0.9'"},
	{"{'tagOwners': {'tag:': []}}", "tagOwners['tag:']: tag names must not be empty", "'tag:'"},
	{"{'groups': {'group:a': ['x@y.z'], 'group:b': ['host']}}", "", "host"},
	{"{'groups': {'group:a': ['alice'], 'group:b': ['bob', 'eve@']}}", NULL, NULL},
	/* SSH. */
	{SSH("'a@b.c'", "'A@b.c'", "'root'", ""), NULL, NULL},
	{SSH("'a@b.c'", "'e@b.c'", "'root'", ""),
		"users in dst are only allowed from the same user", "e@b.c"},
	{SSH("'a@b.c'", "'10.0.0.1'", "'root'", ""), "invalid dst '10.0.0.1'", "10.0.0.1"},
	{SSH("'a@b.c'", "'autogroup:self'", "'root'", ", 'checkPeriod': '7d'"),
		"time: unknown unit 'd' in duration '7d'", "'7d'"},
	{SSH("'a@b.c'", "'autogroup:self'", "'root'", ", 'checkPeriod': '20'"),
		"time: missing unit in duration '20'", NULL},
	{SSH("'a@b.c'", "'autogroup:self'", "'root'", ", 'checkPeriod': '1h.'"),
		"time: invalid duration '1h.'", NULL},
	{SSH("'a@b.c'", "'autogroup:self'", "'group:x', 'localpart:foo', 'localpart:*@'", ""), NULL,
		NULL},
	{SSH("'a@b.c'", "'autogroup:self'", "'root'", ", 'checkPeriod': null, 'acceptEnv': null"),
		NULL, NULL},
	{SSH("'a@b.c'", "'autogroup:self'", "'localpart:*@B.C'", ""),
		"B.C is not associated with this Tailnet and cannot be used in user:*@<domain> "
		"expressions",
		"B.C"},
	{"{'ssh': [{'src': [], 'dst': [], 'users': ['a'], 'action': ' check\\t'}]}", NULL, NULL},
	/* The rest. */
	{"{'nodeAttrs': [{'target': ['']}]}", "'': invalid address", "''"},
	{"{'sshTests': [{'src': 'autogroup:admin', 'dst': ['a@b.c'], 'deny': ['x']}]}",
		"SSH tests src contains disallowed element 'autogroup:admin'", "autogroup:admin"},
	{"{'sshTests': [{'src': '*', 'dst': ['a@b.c'], 'deny': ['x']}]}", "test(s) failed", "*"},
	{"{'sshTests': [{'src': 'a@b.c', 'dst': ['*'], 'deny': ['x']}]}", "test(s) failed", "*"},
	{"{'sshTests': [{'src': 'a@b.c', 'dst': [''], 'deny': ['x']}]}", "test(s) failed", "''"},
	{"{'sshTests': [{'src': 'a@b.c', 'dst': ['*', '10.0.0.0/8'], 'deny': ['x']}]}",
		"SSH tests dst contains disallowed element '10.0.0.0/8'", "10.0.0.0/8"},
	{"{'hosts': {'net': '10.0.0.0/8'}, 'sshTests': [{'src': 'a@b.c', 'dst': ['net'], "
	 "'deny': ['x']}]}",
		"SSH tests dst contains disallowed element 'net'", "net"},
	{"{'ipsets': {'ipset:a': ['ipset:a']}}", "", "ipset:a"},
	{"{'tests': [{'src': 'a@b.c', 'proto': 'icmp', 'accept': ['10.0.0.1:0']}]}", NULL, NULL},
	{"{'tests': [{'src': 'a@b.c', 'accept': ['10.0.0.1:0']}]}", "test(s) failed", "0"},
	{"{'tests': [{'src': 'a@b.c', 'accept': ['10.0.0.1:22-22']}]}", "test(s) failed", "22-22"},
};

Test(accept, cases_are_answered)
{
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		trial run;
		const char *document = cases[i].document, *says = cases[i].says;
		char want[256] = "", blamed[64] = "";
		snprintf(want, sizeof want, "%s", says ? says : "");
		snprintf(blamed, sizeof blamed, "%s", cases[i].at ? cases[i].at : "");
		for (char *at = want; (at = strchr(at, '\''));)
			*at = '"';
		for (char *at = blamed; (at = strchr(at, '\''));)
			*at = '"';
		/* The one apostrophe that is meant. */
		char *star = strstr(want, "use \"*\" for wildcard");
		if (star)
			star[4] = star[6] = '\'';
		begin(&run, document, HJ_SLICE("alice@b.c"));
		hj_answer answer = hj_answer_of(&run.findings);
		cr_expect_eq(answer.status, says ? 400U : 200U, "%s: %u %.*s", document,
			answer.status, HJ_SLICE_ARGS(answer.message));
		cr_expect(hj_slice_equal(answer.message, hj_slice_str(want)), "%s: %.*s", document,
			HJ_SLICE_ARGS(answer.message));
		if (*blamed && answer.finding)
			cr_expect(hj_slice_equal(hj_source_slice(run.source, answer.finding->span),
					  hj_slice_str(blamed)),
				"%s: %.*s", document,
				HJ_SLICE_ARGS(hj_source_slice(run.source, answer.finding->span)));
		finish(&run);
	}
}

static bool warns(const trial *run, hj_slice rule)
{
	for (size_t i = 0; i < run->findings.count; i++)
		if (run->findings.items[i].severity == HJ_WARNING_LEVEL &&
			hj_slice_equal(hj_slice_str(run->findings.items[i].rule->name), rule))
			return true;
	return false;
}

/* "says" is the service's sentence, "doubt" the rule that warns of what nobody knows. */
Test(accept, boundaries_of_the_references)
{
	golden_file file;
	unsigned count = 0;
	cr_assert(golden_open(&file, "testdata/accept", "cases.jsonl"));
	while (golden_next(&file)) {
		trial run;
		hj_text json;
		hj_slice says = HJ_SLICE(""), doubt;
		const char *id = golden_name(&file);
		hj_text_init(&json, NULL);
		hj_text_append(&json, golden_need(&file, "policy"));
		golden_member(&file, "says", &says);
		judge(&run, &json, HJ_SLICE("odin@example.com"));
		hj_answer answer = hj_answer_of(&run.findings);
		cr_expect_eq(
			answer.status, golden_number(&file, "status"), "%s: %u", id, answer.status);
		cr_expect(hj_slice_equal(answer.message, says), "%s: %.*s", id,
			HJ_SLICE_ARGS(answer.message));
		if (golden_member(&file, "doubt", &doubt))
			cr_expect(warns(&run, doubt), "%s", id);
		finish(&run);
		count++;
	}
	golden_close(&file);
	cr_expect_gt(count, 900);
}

Test(accept, the_first_stage_decides_and_the_first_node_in_it)
{
	static const struct {
		const char *document, *says;
	} orders[] = {
		{"{'ssh': [{'action': 'no', 'users': ['a']}], 'x': 1}",
			"json: unknown field \"x\""},
		{"{'ssh': [{'action': 'no', 'users': ['a']}], 'acls': [{'action': 'no', 'src': "
		 "['*'], 'dst': ['*:*']}]}",
			"action=\"no\" is not supported"},
		{"{'ssh': [{'action': 'x', 'users': ['a']}, {'action': 'y', 'users': ['a']}]}",
			"\"x\" is not a valid action"},
		{"{'tests': [{'src': 'a@b.c'}], 'sshTests': [{'src': 'a@b.c', 'dst': "
		 "['10.0.0.0/8'], 'accept': ['x']}]}",
			"SSH tests dst contains disallowed element \"10.0.0.0/8\""},
		{"{'acls': [}",
			"hujson: line 1, column 11: invalid character '}' at start of value"},
	};
	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		trial run;
		begin(&run, orders[i].document, HJ_SLICE(""));
		hj_answer answer = hj_answer_of(&run.findings);
		cr_expect(hj_slice_equal(answer.message, hj_slice_str(orders[i].says)), "%s: %.*s",
			orders[i].document, HJ_SLICE_ARGS(answer.message));
		finish(&run);
	}
}

static void repeat(hj_text *text, const char *piece, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		for (const char *at = piece; *at; at++) {
			if (*at == '#')
				hj_text_printf(text, "%u", i);
			else if (*at == '+')
				hj_text_printf(text, "%u", i + 1);
			else
				hj_text_byte(text, *at);
		}
}

Test(accept, time_is_linear_in_hostile_policies, .timeout = 60)
{
	enum { MANY = 50000 };
	/* A chain of sets that a recursion would not survive, and a rule with many sources. */
	static const char *const pieces[][3] = {
		{"{'ipsets': {", "'ipset:#': ['ipset:+'],", "'ipset:50000': ['ipset:0']}}"},
		{"{'ipsets': {'ipset:a': [", "'remove ipset:#', '10.0.0.0/8',", "]}}"},
		{"{'acls': [{'action': 'accept', 'src': [", "'10.0.#.1',",
			"], 'dst': ['autogroup:self:*']}]}"},
		{"{'ssh': [{'action': 'check', 'users': ['a'], 'src': [", "'a#@b.c', 'tag:#',",
			"], 'dst': ['a5@b.c', 'x@y.z', 'autogroup:self']}]}"},
		{"{'groups': {'group:a': [", "'group:#',", "]}}"},
	};
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
		hj_text text;
		trial run;
		hj_text_init(&text, NULL);
		hj_text_str(&text, pieces[i][0]);
		repeat(&text, pieces[i][1], MANY);
		hj_text_str(&text, pieces[i][2]);
		begin(&run, hj_text_string(&text), HJ_SLICE("b.c"));
		cr_expect_eq(hj_answer_of(&run.findings).status, 400);
		hj_text_free(&text);
		finish(&run);
	}
}

Test(accept, out_of_memory_is_said_and_nothing_leaks)
{
	/* Every rule's own example: each makes its finding with all that belongs to it. */
	static const hj_rule *(*const tables[])(size_t *) = {hj_acl_rules, hj_posture_rules,
		hj_test_rules, hj_name_rules, hj_ssh_rules, hj_ipset_rules, hj_node_rules};
	for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
		size_t count;
		const hj_rule *rules = tables[t](&count);
		for (size_t i = 0; i < count; i++) {
			if (!rules[i].bad)
				continue;
			trial run;
			hj_policy policy;
			begin(&run, rules[i].bad, HJ_SLICE(""));
			cr_assert_eq(hj_policy_bind(run.document, NULL, &policy), HJ_OK);
			for (size_t n = 0;; n++) {
				failing_state state = {.fail_at = n};
				hj_allocator allocator = failing_allocator(&state);
				hj_findings findings;
				hj_findings_init(&findings, &allocator);
				hj_status status = hj_accept(&policy, NULL, &findings);
				cr_expect_eq(status, state.failed ? HJ_NO_MEMORY : HJ_OK,
					"%s, allocation %zu", rules[i].name, n);
				hj_findings_free(&findings);
				cr_assert_eq(
					state.blocks, 0, "%s, allocation %zu", rules[i].name, n);
				if (!state.failed)
					break;
			}
			hj_policy_free(&policy);
			finish(&run);
		}
	}
}
