/*
 * Binding: every field of a whole policy lands in its structure, and nothing else does.
 */
#include "policy/policy.h"

#include "policy/ports.h"
#include "policy/schema.h"
#include "testdata/support/failing.h"

#include <criterion/criterion.h>

#include <stdio.h>

typedef struct bound_text {
	hj_source *source;
	hj_document *document;
	hj_policy policy;
} bound_text;

/* Single quotes stand for double ones. */
static void bind(const char *text, bound_text *out)
{
	hj_text bytes;
	hj_text_init(&bytes, NULL);
	for (const char *at = text; *at; at++)
		hj_text_byte(&bytes, *at == '\'' ? '"' : *at);
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_text_slice(&bytes), &out->source), HJ_OK);
	hj_text_free(&bytes);
	cr_assert_eq(hj_parse(out->source, 0, &out->document), HJ_OK);
	cr_assert_eq(hj_policy_bind(out->document, NULL, &out->policy), HJ_OK);
}

static void release(bound_text *bound)
{
	hj_policy_free(&bound->policy);
	hj_document_free(bound->document);
	hj_source_free(bound->source);
}

/* -- a policy, written down again from its structures ------------------------------------------- */

static void show_name(hj_text *out, const char *name)
{
	hj_text_printf(out, " %s=", name);
}

static void show_word(hj_text *out, const char *name, hj_word word)
{
	if (!word.node)
		return;
	show_name(out, name);
	hj_text_append(out, word.text);
}

static void show_list(hj_text *out, hj_words words)
{
	hj_text_byte(out, '[');
	for (uint32_t i = 0; i < words.count; i++) {
		cr_expect(words.items[i].node);
		hj_text_str(out, i ? "," : "");
		hj_text_append(out, words.items[i].text);
	}
	hj_text_byte(out, ']');
}

static void show_words(hj_text *out, const char *name, hj_words words)
{
	if (!words.node)
		return;
	show_name(out, name);
	show_list(out, words);
}

static void show_flag(hj_text *out, const char *name, hj_flag flag)
{
	if (!flag.node)
		return;
	show_name(out, name);
	hj_text_str(out, flag.value ? "yes" : "no");
}

static void show_entries(hj_text *out, const char *name, hj_entries entries)
{
	if (!entries.node)
		return;
	show_name(out, name);
	hj_text_byte(out, '{');
	for (uint32_t i = 0; i < entries.count; i++) {
		const hj_entry *entry = &entries.items[i];
		cr_expect(entry->name.node && entry->value > entry->name.node);
		hj_text_str(out, i ? "," : "");
		hj_text_append(out, entry->name.text);
		hj_text_byte(out, ':');
		if (entry->word.node)
			hj_text_append(out, entry->word.text);
		if (entry->words.node)
			show_list(out, entry->words);
	}
	hj_text_byte(out, '}');
}

#define EACH(item, list) (uint32_t i = 0; i < (list).count && (item = &(list).items[i]); i++)

static void show_rules(hj_text *out, const hj_policy *policy)
{
	const hj_acl *acl;
	for
		EACH(acl, policy->acls)
		{
			cr_expect(acl->node);
			hj_text_str(out, "\nacl");
			show_word(out, "action", acl->action);
			show_words(out, "src", acl->src);
			show_words(out, "dst", acl->dst);
			show_words(out, "users", acl->users);
			show_words(out, "ports", acl->ports);
			show_word(out, "proto", acl->proto);
			show_words(out, "posture", acl->posture);
		}
	const hj_grant *grant;
	for
		EACH(grant, policy->grants)
		{
			hj_text_str(out, "\ngrant");
			show_words(out, "src", grant->src);
			show_words(out, "dst", grant->dst);
			show_words(out, "ip", grant->ip);
			show_words(out, "via", grant->via);
			show_words(out, "posture", grant->posture);
			show_entries(out, "app", grant->app);
		}
	const hj_ssh_rule *ssh;
	for
		EACH(ssh, policy->ssh)
		{
			hj_text_str(out, "\nssh");
			show_word(out, "action", ssh->action);
			show_words(out, "src", ssh->src);
			show_words(out, "dst", ssh->dst);
			show_words(out, "users", ssh->users);
			show_word(out, "period", ssh->check_period);
			show_words(out, "env", ssh->accept_env);
			show_words(out, "posture", ssh->posture);
			show_words(out, "recorder", ssh->recorder);
			show_flag(out, "enforce", ssh->enforce_recorder);
		}
	const hj_node_attr *attr;
	for
		EACH(attr, policy->node_attrs)
		{
			hj_text_str(out, "\nattr");
			show_words(out, "target", attr->target);
			show_words(out, "attr", attr->attr);
			show_words(out, "pool", attr->ip_pool);
			show_entries(out, "app", attr->app);
		}
}

static void show_tests(hj_text *out, const hj_policy *policy)
{
	const hj_test *test;
	for
		EACH(test, policy->tests)
		{
			hj_text_str(out, "\ntest");
			show_word(out, "src", test->src);
			show_word(out, "user", test->user);
			show_word(out, "proto", test->proto);
			show_words(out, "accept", test->accept);
			show_words(out, "allow", test->allow);
			show_words(out, "deny", test->deny);
			show_entries(out, "posture", test->posture);
		}
	const hj_ssh_test *ssh;
	for
		EACH(ssh, policy->ssh_tests)
		{
			hj_text_str(out, "\nsshtest");
			show_word(out, "src", ssh->src);
			show_words(out, "dst", ssh->dst);
			show_words(out, "accept", ssh->accept);
			show_words(out, "check", ssh->check);
			show_words(out, "deny", ssh->deny);
			show_entries(out, "posture", ssh->posture);
		}
}

static void show(hj_text *out, const hj_policy *policy)
{
	hj_text_printf(out, "%u", (unsigned)policy->known_sections);
	show_entries(out, "groups", policy->groups);
	show_entries(out, "hosts", policy->hosts);
	show_entries(out, "ipsets", policy->ipsets);
	show_entries(out, "tags", policy->tag_owners);
	show_entries(out, "postures", policy->postures);
	show_words(out, "default", policy->default_posture);
	show_entries(out, "config", policy->attr_config);
	show_entries(out, "routes", policy->auto_approvers.routes);
	show_words(out, "exit", policy->auto_approvers.exit_node);
	show_entries(out, "services", policy->auto_approvers.services);
	hj_text_str(out, policy->derp_map ? " derp" : "");
	hj_text_str(out, policy->extra_dns_records ? " dns" : "");
	show_flag(out, "noipv4", policy->disable_ipv4);
	show_word(out, "cgnat", policy->one_cgnat_route);
	show_flag(out, "random", policy->randomize_client_port);
	show_rules(out, policy);
	show_tests(out, policy);
}

static void check_bound(const char *text, const char *want)
{
	bound_text bound;
	hj_text out;
	hj_text_init(&out, NULL);
	bind(text, &bound);
	show(&out, &bound.policy);
	cr_expect_str_eq(hj_text_string(&out), want, "%s", text);
	hj_text_free(&out);
	release(&bound);
}

/* -- the cases --------------------------------------------------------------------------------- */

static const char whole[] =
	"{'groups': {'group:ops': ['ann@corp.example', 'ben@corp.example'], 'group:none': []},\n"
	"'hosts': {'printer': '100.64.3.3', 'lab': '198.51.100.0/24'},\n"
	"'ipsets': {'ipset:out': ['add autogroup:internet', 'remove host:lab']},\n"
	"'tagOwners': {'tag:ci': ['group:ops', 'tag:ci'], 'tag:gw': []},\n"
	"'autoApprovers': {'routes': {'198.51.100.0/24': ['tag:gw']}, 'exitNode': ['tag:gw'],\n"
	"  'services': {'svc:docs': ['tag:ci']}},\n"
	"'postures': {'posture:pc': ['node:os IS SET']}, 'defaultSrcPosture': "
	"['posture:pc'],\n"
	"'attrConfig': {'custom:room': {'type': 'string'}},\n"
	"'acls': [{'action': 'accept', 'src': ['group:ops'], 'proto': 'tcp', 'dst': ['lab:22'],\n"
	"   'srcPosture': ['posture:pc']},\n"
	"  {'action': 'accept', 'users': ['*'], 'ports': ['printer:631', 'printer:9100']}],\n"
	"'grants': [{'src': ['group:ops'], 'dst': ['tag:ci'], 'ip': ['tcp:22', 'icmp:*'],\n"
	"   'via': ['tag:gw'], 'srcPosture': ['posture:pc'], 'app': {'corp.example/x': [{'a': "
	"1}]}}],\n"
	"'ssh': [{'action': 'check', 'src': ['group:ops'], 'dst': ['tag:ci'], 'users': ['root'],\n"
	"   'checkPeriod': '4h', 'acceptEnv': ['LC_*'], 'srcPosture': ['posture:pc'],\n"
	"   'recorder': ['tag:gw'], 'enforceRecorder': true}],\n"
	"'nodeAttrs': [{'target': ['*'], 'attr': ['funnel'], 'ipPool': ['100.90.0.0/16'],\n"
	"   'app': {'tailscale.com/app-connectors': []}}],\n"
	"'tests': [{'src': 'ann@corp.example', 'proto': 'tcp', 'accept': ['lab:22'],\n"
	"   'deny': ['tag:gw:22'], 'srcPostureAttrs': {'node:os': 'linux', 'custom:n': 3}},\n"
	"  {'user': 'tag:ci', 'allow': ['printer:631']}],\n"
	"'sshTests': [{'src': 'ann@corp.example', 'dst': ['tag:ci'], 'accept': ['a'], 'check': "
	"['b'],\n"
	"   'deny': ['c'], 'srcPostureAttrs': {'node:os': 'linux'}}],\n"
	"'derpMap': {'regions': {'1': null}}, 'disableIPv4': false, 'oneCGNATRoute': 'mac-never',\n"
	"'randomizeClientPort': true, 'extraDNSRecords': []}";

Test(policy, every_field_lands_in_its_structure)
{
	check_bound(whole,
		"19 groups={group:ops:[ann@corp.example,ben@corp.example],group:none:[]}"
		" hosts={printer:100.64.3.3,lab:198.51.100.0/24}"
		" ipsets={ipset:out:[add autogroup:internet,remove host:lab]}"
		" tags={tag:ci:[group:ops,tag:ci],tag:gw:[]}"
		" postures={posture:pc:[node:os IS SET]} default=[posture:pc]"
		" config={custom:room:} routes={198.51.100.0/24:[tag:gw]} exit=[tag:gw]"
		" services={svc:docs:[tag:ci]} derp dns noipv4=no cgnat=mac-never random=yes"
		"\nacl action=accept src=[group:ops] dst=[lab:22] proto=tcp posture=[posture:pc]"
		"\nacl action=accept src=[*] dst=[printer:631,printer:9100] users=[*]"
		" ports=[printer:631,printer:9100]"
		"\ngrant src=[group:ops] dst=[tag:ci] ip=[tcp:22,icmp:*] via=[tag:gw]"
		" posture=[posture:pc] app={corp.example/x:[]}"
		"\nssh action=check src=[group:ops] dst=[tag:ci] users=[root] period=4h"
		" env=[LC_*] posture=[posture:pc] recorder=[tag:gw] enforce=yes"
		"\nattr target=[*] attr=[funnel] pool=[100.90.0.0/16]"
		" app={tailscale.com/app-connectors:[]}"
		"\ntest src=ann@corp.example proto=tcp accept=[lab:22] deny=[tag:gw:22]"
		" posture={node:os:linux,custom:n:}"
		"\ntest src=tag:ci user=tag:ci accept=[printer:631] allow=[printer:631]"
		"\nsshtest src=ann@corp.example dst=[tag:ci] accept=[a] check=[b] deny=[c]"
		" posture={node:os:linux}");
}

Test(policy, what_does_not_fit_is_left_out)
{
	static const struct {
		const char *document, *want;
	} cases[] = {
		{"", "0"},
		{"[]", "0"},
		{"7", "0"},
		{"{}", "0"},
		{"{'what': {'acls': [{'action': 'x'}]}}", "0"},
		{"{'acls': {}, 'groups': [], 'hosts': 'x', 'tests': null, 'ssh': 1}", "0"},
		{"{'acls': [1, 'x', [], {}, null]}", "1\nacl"},
		{"{'acls': [{'action': 1, 'src': {}, 'dst': 1, 'proto': []}]}", "1\nacl"},
		{"{'acls': [{'src': ['a', 1, ['b'], {'c': 'd'}, null, 'e']}]}", "1\nacl src=[a,e]"},
		{"{'ssh': [{'enforceRecorder': 'true', 'acceptEnv': null}]}", "1\nssh"},
		{"{'groups': {'a': {}, 'b': 1, 'c': null, 'd': [1]}}", "1 groups={a:,b:,c:,d:[]}"},
		{"{'hosts': {'a': ['1.2.3.4']}}", "1 hosts={a:}"},
		{"{'autoApprovers': {'routes': [], 'exitNode': 'x'}}", "1 exit=[x]"},
		{"{'derpMap': [], 'disableIPv4': 'no', 'oneCGNATRoute': true}", "0"},
		/* Case of names, escapes in names and values, a string for a list. */
		{"{'ACLS': [{'SRC': 'a', 'd\\u0073t': ['\\u0062', ' c\\t']}]}",
			"1\nacl src=[a] dst=[b, c\t]"},
		{"{'groups': {'group:a': 'b'}}", "1 groups={group:a:b[b]}"},
		/* The first of two, the newer of two names. */
		{"{'acls': [{'src': ['a'], 'src': ['b']}], 'Acls': [{}, {}]}", "2\nacl src=[a]"},
		{"{'acls': 1, 'acls': [{}]}", "1\nacl"},
		{"{'acls': [{'users': ['a'], 'src': ['b'], 'users': ['c']}]}",
			"1\nacl src=[b] users=[a]"},
		{"{'tests': [{'src': 'a', 'user': 'b'}]}", "1\ntest src=a user=b"},
		{"{'hosts': {'a': 'b', 'a': 'c'}}", "1 hosts={a:b,a:c}"},
		/* Broken documents. */
		{"{'acls': [{'src': ['a' 'b'", "1\nacl src=[a,b]"},
		{"{'acls': [{'src': , 'dst': ['x']}, ]], 'groups': {: 1}", "1\nacl dst=[x]"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bound_text bound;
		hj_text out;
		hj_text_init(&out, NULL);
		bind(cases[i].document, &bound);
		show(&out, &bound.policy);
		const char *got = hj_text_string(&out);
		/* Recovery may find more in a broken document, never less. */
		cr_expect(hj_document_error(bound.document) && *cases[i].document
				? strstr(got, "acl") != NULL
				: strcmp(got, cases[i].want) == 0,
			"%s: %s", cases[i].document, got);
		hj_text_free(&out);
		release(&bound);
	}
}

/* The terms of a list's words, "1 2 1". */
static void show_terms(hj_text *out, hj_words words)
{
	for (uint32_t i = 0; i < words.count; i++)
		hj_text_printf(out, "%s%u", i ? " " : "", (unsigned)words.items[i].term);
}

Test(policy, words_of_equal_texts_have_one_term)
{
	static const struct {
		const char *document;
		const char *want; /* the terms' texts; terms of acls[0].src, .dst and an IP set */
	} cases[] = {
		{"7", "; ; ;"},
		{"{'acls': [{'src': ['tag:a', ' tag:a\\t', 'TAG:a', '', ' ', 'tag:\\u0061']}]}",
			" tag:a TAG:a; 1 1 2 0 0 1; ;"},
		{"{'acls': [{'src': 'tag:a', 'dst': ['tag:a:22', '*:*', 'tag:a', 'tag:a:x,y', "
		 "'web : 80']}]}",
			" tag:a * web; 1; 1 2 1 1 3;"},
		{"{'acls': [{'dst': ['[fd7a::1]:443', 'fd7a::1:22', 'fd7a::/64:22', "
		 "'[10.0.0.1]:1', "
		 "'10.0.0.1', ':22']}]}",
			" fd7a::1 fd7a::/64 10.0.0.1; ; 1 1 2 3 3 0;"},
		{"{'acls': [{'src': ['lab', '10.0.0.0/8']}], 'ipsets': {'ipset:a': ['add lab', "
		 "'remove\\t10.0.0.0/8 ', '10.0.0.0/8', 'sub lab', 'add ${A B}']}}",
			" lab 10.0.0.0/8 sub lab ${A B}; 1 2; ; 1 2 2 3 4"},
		/* Older names, and what is written elsewhere. */
		{"{'acls': [{'users': ['a'], 'ports': ['a:1']}], 'tests': [{'user': 'b', 'allow': "
		 "['a:2']}], 'hosts': {'c': 'd'}, 'postures': {'posture:e': ['f']}}",
			" a b; 1; 1;"},
		{"{'tagOwners': {'tag:a': ['b']}, 'autoApprovers': {'routes': {'c': ['d']}, "
		 "'exitNode': 'e', 'services': {'svc:f': 'd'}}}",
			" b d e svc:f; ; ;"},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bound_text bound;
		hj_text out;
		hj_text_init(&out, NULL);
		bind(cases[i].document, &bound);
		const hj_policy *policy = &bound.policy;
		cr_assert_geq(policy->term_count, 1U);
		cr_expect_eq(policy->terms[0].selector.kind, HJ_SELECT_EMPTY);
		for (uint32_t k = 1; k < policy->term_count; k++) {
			hj_text_byte(&out, ' ');
			hj_text_append(&out, policy->terms[k].selector.text);
		}
		hj_text_str(&out, "; ");
		show_terms(&out, policy->acls.count ? policy->acls.items[0].src : (hj_words){0});
		hj_text_str(&out, "; ");
		show_terms(&out, policy->acls.count ? policy->acls.items[0].dst : (hj_words){0});
		hj_text_str(&out, policy->ipsets.count ? "; " : ";");
		show_terms(
			&out, policy->ipsets.count ? policy->ipsets.items[0].words : (hj_words){0});
		cr_expect_str_eq(hj_text_string(&out), cases[i].want, "%s", cases[i].document);
		hj_text_free(&out);
		release(&bound);
	}
}

Test(policy, a_term_is_a_selector_classified)
{
	bound_text bound;
	bind("{'grants': [{'src': ['autogroup:admin', '${WHO}', '10.0.0.0/8']}]}", &bound);
	const hj_term *terms = bound.policy.terms;
	cr_assert_eq(bound.policy.term_count, 4U);
	cr_expect_eq(terms[1].selector.autogroup, HJ_AUTOGROUP_ADMIN);
	cr_expect_not(terms[1].is_template);
	cr_expect(terms[2].is_template);
	cr_expect_eq(terms[3].selector.prefix.bits, 8);
	release(&bound);
}

static bool lies_in(hj_slice part, hj_slice within)
{
	return part.size == 0 ||
		(part.data >= within.data && part.data + part.size <= within.data + within.size);
}

/* As if it were read anew, and from this very place, not from where the term stands first. */
static void expect_selector(const hj_policy *policy, hj_word word, hj_slice text)
{
	hj_selector got = hj_policy_selector(policy, word.term, text),
		    want = hj_selector_parse(text);
	cr_expect_eq(got.kind, want.kind, "%.*s", HJ_SLICE_ARGS(text));
	cr_expect(hj_slice_equal(got.text, want.text), "%.*s", HJ_SLICE_ARGS(text));
	cr_expect(hj_slice_equal(got.name, want.name), "%.*s", HJ_SLICE_ARGS(text));
	cr_expect_eq(got.autogroup, want.autogroup, "%.*s", HJ_SLICE_ARGS(text));
	cr_expect_eq(got.legacy, want.legacy, "%.*s", HJ_SLICE_ARGS(text));
	cr_expect_eq(hj_address_compare(got.range.first, want.range.first), 0);
	cr_expect_eq(hj_address_compare(got.range.last, want.range.last), 0);
	cr_expect_eq(got.prefix.bits, want.prefix.bits);
	cr_expect(lies_in(got.text, text) && lies_in(got.name, text), "%.*s", HJ_SLICE_ARGS(text));
}

Test(policy, a_terms_selector_stands_where_its_word_does)
{
	bound_text bound;
	unsigned hosts = 0;
	bind("{'acls': [{'src': ['tag:a', ' tag:a ', 'TAG:a', 'group:b', 'user:*@example.com', "
	     "'ann@example.com', 'autogroup:members', '10.0.0.0/8', 'fd7a::1', '*', 'lab', 'a b:', "
	     "'', '${WHO}', '10.0.0.1-10.0.0.9', 'svc:x', 'host:lab', 'posture:p'], "
	     "'dst': ['tag:a:22', ' lab:*', '[fd7a::1]:443', 'group:b:1-2', 'tag:a: 80', '*:*']}, "
	     "{'src': ['tag:a', 'lab ', '\\tgroup:b', 'ann@example.com']}]}",
		&bound);
	const hj_policy *policy = &bound.policy;
	for (uint32_t i = 0; i < policy->acls.count; i++) {
		const hj_acl *acl = &policy->acls.items[i];
		for (uint32_t k = 0; k < acl->src.count; k++)
			expect_selector(policy, acl->src.items[k], acl->src.items[k].text);
		for (uint32_t k = 0; k < acl->dst.count; k++) {
			hj_hostport parts;
			if (!hj_has_ports(hj_trim(acl->dst.items[k].text), &parts))
				continue;
			expect_selector(policy, acl->dst.items[k], parts.host);
			hosts++;
		}
	}
	cr_expect_eq(hosts, 6U);
	release(&bound);
}

Test(policy, nonsense_of_any_depth_is_stepped_over)
{
	static const char *const before[] = {"", "{'acls': ", "{'acls': [{'src': ",
		"{'grants': [{'app': {'x/y': ", "{'groups': {'group:a': ", "{'tests': [{'src': "};
	for (size_t i = 0; i < sizeof before / sizeof *before; i++)
		for (int object = 0; object < 2; object++) {
			hj_text text;
			hj_text_init(&text, NULL);
			hj_text_str(&text, before[i]);
			for (int depth = 0; depth < 10000; depth++)
				hj_text_str(&text, object ? "{'src': " : "[");
			bound_text bound;
			bind(hj_text_string(&text), &bound);
			cr_expect_leq(bound.policy.known_sections, 1U, "%s", before[i]);
			release(&bound);
			hj_text_free(&text);
		}
}

Test(policy, memory_may_run_out_anywhere)
{
	hj_source *source;
	hj_document *document;
	hj_text text;
	hj_text_init(&text, NULL);
	for (const char *at = whole; *at; at++)
		hj_text_byte(&text, *at == '\'' ? '"' : *at);
	hj_text_str(&text, "{\"\\u0061cls\": [{\"src\": [\"\\u0061\"]}]}");
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_text_slice(&text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_policy policy;
		hj_status status = hj_policy_bind(document, &allocator, &policy);
		if (!status)
			hj_policy_free(&policy);
		cr_assert_eq(state.blocks, 0, "%zu", n);
		if (!state.failed)
			break;
		cr_assert_eq(status, HJ_NO_MEMORY, "%zu", n);
	}
	hj_document_free(document);
	hj_source_free(source);
	hj_text_free(&text);
}

/* -- the table --------------------------------------------------------------------------------- */

static size_t size_of(const hj_type *type)
{
	switch (type->kind) {
	case HJ_TEXT: return sizeof(hj_word);
	case HJ_SWITCH: return sizeof(hj_flag);
	case HJ_LIST: return sizeof(hj_words); /* lists of records are as large */
	case HJ_DICTIONARY: return sizeof(hj_entries);
	case HJ_RECORD:
		return type->entries ? sizeof(hj_entries)
			: type->size ? type->size
				     : sizeof(uint32_t);
	default: return sizeof(uint32_t);
	}
}

static void check_places(const hj_type *record)
{
	cr_expect_leq(record->field_count, 32U);
	for (size_t i = 0; i < record->field_count; i++) {
		const hj_field *field = &record->fields[i];
		const hj_type *type = field->type;
		cr_expect_eq(field->at != 0, record->size != 0, "%s", field->name);
		cr_expect_eq(field->alias_at != 0, field->alias != NULL, "%s", field->name);
		cr_expect_leq(field->at + size_of(type), record->size ? record->size : 4, "%s",
			field->name);
		for (size_t k = 0; record->size && k < i; k++)
			cr_expect(record->fields[k].at + size_of(record->fields[k].type) <=
						field->at ||
					field->at + size_of(type) <= record->fields[k].at,
				"%s and %s", field->name, record->fields[k].name);
		if (type->kind == HJ_LIST && type->item->kind == HJ_RECORD && record->size)
			cr_expect(type->item->size, "%s", field->name);
		if (type->kind == HJ_LIST && type->item->size)
			check_places(type->item);
		if (type->kind == HJ_RECORD && type->size)
			check_places(type);
	}
}

Test(policy, the_table_places_every_field_once)
{
	check_places(&hj_policy_type);
}
