/*
 * The files of testdata/reach: lists of cases. A case is a policy with perhaps an inventory, a tailnet,
 * assumptions, posture attributes of the source, and questions with their answers:
 *
 *     {"policy": {…}, "inventory": {…}, "tailnet": "example.com",
 *      "assume": {"SENTENCE": true}, "rest": true, "attributes": {"node:os": "linux"}, "partial": true,
 *      "reach":  {"SOURCE > HOST:PORT/PROTOCOL": "ANSWER"},
 *      "login":  {"SOURCE > HOST as ACCOUNT": "ANSWER"},
 *      "expand": {"SELECTOR": "SUBJECT, SUBJECT", "> SELECTOR": "SUBJECT"}}
 *
 * Answers are "yes RULES", "no", "depends RULES: FACT; FACT"; of several subjects a list with the
 * subjects before each. Port * is any port. With "misses" it is "no: MISS RULE".
 */
#include "engine/login.h"
#include "engine/reach_parts.h"
#include "testdata/support/failing.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>
#include <dirent.h>

/* -- cases ---------------------------------------------------------------------------------------- */

typedef struct part {
	hj_source *source;
	hj_document *document;
} part;

typedef struct scene {
	const char *file;
	hj_document *cases;
	part policy_text, inventory_text;
	hj_policy policy;
	hj_inventory inventory;
	bool has_inventory;
	hj_world world;
	hj_reach *reach;
	hj_reach *brief; /* asked without reasons alone */
	hj_map assumed;
	hj_assumptions assumptions;
	hj_device_attribute attributes[16];
	uint32_t attribute_count;
	bool attributes_known;
	bool misses; /* wanted of what is blocked */
	hj_arena arena;
} scene;

static uint32_t member(const hj_document *document, uint32_t object, const char *name)
{
	const hj_node *nodes = hj_document_nodes(document);
	for (uint32_t i = hj_node_first(object); i < nodes[object].next;) {
		uint32_t value = nodes[i].next;
		if (hj_string_equals(document, i, hj_slice_str(name)))
			return value;
		i = nodes[value].next;
	}
	return 0;
}

static hj_slice token(const hj_document *document, uint32_t node)
{
	return hj_source_slice(
		hj_document_source(document), hj_node_span(&hj_document_nodes(document)[node]));
}

static hj_slice text_of(scene *s, const hj_document *document, uint32_t node)
{
	hj_text text;
	bool ok = true;
	hj_text_init(&text, NULL);
	hj_string_decode(token(document, node), &text);
	hj_slice kept = hj_arena_copy(&s->arena, hj_text_slice(&text), &ok);
	hj_text_free(&text);
	cr_assert(ok);
	return kept;
}

/* A value of the case as a document of its own. */
static part part_of(const hj_document *document, uint32_t node)
{
	part out;
	cr_assert_eq(hj_source_copy(NULL, "part", token(document, node), &out.source), HJ_OK);
	cr_assert_eq(hj_parse(out.source, 0, &out.document), HJ_OK);
	return out;
}

static void read_assumptions(scene *s, uint32_t node)
{
	const hj_node *nodes = hj_document_nodes(s->cases);
	uint32_t assume = member(s->cases, node, "assume"), rest = member(s->cases, node, "rest");
	hj_map_init(&s->assumed, NULL);
	s->assumptions = (hj_assumptions){NULL, HJ_MAYBE};
	if (rest)
		s->assumptions.rest = hj_node_kind(&nodes[rest]) == HJ_TRUE ? HJ_YES : HJ_NO;
	if (!assume)
		return;
	for (uint32_t i = hj_node_first(assume); i < nodes[assume].next;) {
		uint32_t value = nodes[i].next;
		hj_map_put(&s->assumed, text_of(s, s->cases, i),
			hj_node_kind(&nodes[value]) == HJ_TRUE, NULL, NULL);
		i = nodes[value].next;
	}
	s->assumptions.facts = &s->assumed;
}

static void read_attributes(scene *s, uint32_t node)
{
	const hj_node *nodes = hj_document_nodes(s->cases);
	uint32_t object = member(s->cases, node, "attributes");
	s->attributes_known = object && !member(s->cases, node, "partial");
	for (uint32_t i = object ? hj_node_first(object) : 0; object && i < nodes[object].next;) {
		uint32_t value = nodes[i].next;
		hj_device_attribute *out = &s->attributes[s->attribute_count++];
		*out = (hj_device_attribute){.name = text_of(s, s->cases, i)};
		switch (hj_node_kind(&nodes[value])) {
		case HJ_STRING:
			out->type = HJ_FACT_TEXT;
			out->text = text_of(s, s->cases, value);
			break;
		case HJ_NUMBER:
			out->type = HJ_FACT_NUMBER;
			out->text = token(s->cases, value);
			out->number = strtod(out->text.data, NULL);
			break;
		default:
			out->type = HJ_FACT_BOOLEAN;
			out->truth = hj_node_kind(&nodes[value]) == HJ_TRUE;
		}
		i = nodes[value].next;
	}
}

static void set_scene(scene *s, const char *file, hj_document *cases, uint32_t node)
{
	uint32_t inventory = member(cases, node, "inventory"),
		 tailnet = member(cases, node, "tailnet");
	*s = (scene){.file = file, .cases = cases};
	hj_arena_init(&s->arena, NULL);
	s->policy_text = part_of(cases, member(cases, node, "policy"));
	cr_assert_eq(hj_policy_bind(s->policy_text.document, NULL, &s->policy), HJ_OK);
	if (inventory) {
		hj_findings findings;
		s->has_inventory = true;
		s->inventory_text = part_of(cases, inventory);
		hj_findings_init(&findings, NULL);
		cr_assert_eq(hj_inventory_bind(
				     s->inventory_text.document, NULL, &findings, &s->inventory),
			HJ_OK);
		cr_assert_eq(findings.count, 0, "%s: the inventory has findings", file);
		hj_findings_free(&findings);
	}
	read_assumptions(s, node);
	read_attributes(s, node);
	s->misses = member(cases, node, "misses") != 0;
	hj_slice domain = tailnet ? text_of(s, cases, tailnet) : HJ_SLICE("");
	cr_assert_eq(hj_world_build(
			     &s->policy, inventory ? &s->inventory : NULL, domain, NULL, &s->world),
		HJ_OK);
	cr_assert_eq(hj_reach_build(&s->world, &s->assumptions, NULL, &s->reach), HJ_OK);
	cr_assert_eq(hj_reach_build(&s->world, &s->assumptions, NULL, &s->brief), HJ_OK);
}

static void strike_scene(scene *s)
{
	hj_reach_free(s->brief);
	hj_reach_free(s->reach);
	hj_world_free(&s->world);
	if (s->has_inventory) {
		hj_inventory_free(&s->inventory);
		hj_document_free(s->inventory_text.document);
		hj_source_free(s->inventory_text.source);
	}
	hj_policy_free(&s->policy);
	hj_document_free(s->policy_text.document);
	hj_source_free(s->policy_text.source);
	hj_map_free(&s->assumed);
	hj_arena_free(&s->arena);
}

/* -- answers -------------------------------------------------------------------------------------- */

static void append_rule(hj_text *out, const scene *s, uint32_t permit)
{
	static const char *const sections[] = {
		[HJ_PERMIT_ACL] = "acls", [HJ_PERMIT_GRANT] = "grants", [HJ_PERMIT_ALL] = "all"};
	uint32_t count;
	const hj_permit *at = &hj_reach_permits(s->reach, &count)[permit];
	cr_assert_lt(permit, count);
	hj_text_printf(out, " %s/%u", sections[at->kind], at->rule);
}

static void append_facts(hj_text *out, const hj_slice *facts, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		hj_text_str(out, i ? "; " : ": ");
		hj_text_append(out, facts[i]);
	}
}

static void append_miss(hj_text *out, scene *s, const hj_subject *to, int protocol, int port)
{
	static const char *const words[] = {
		[HJ_MISS_NOTHING] = "nothing",
		[HJ_MISS_PORT] = "port",
		[HJ_MISS_PROTOCOL] = "protocol",
		[HJ_MISS_POSTURE] = "posture",
		[HJ_MISS_ROUTER] = "router",
		[HJ_MISS_SOURCE] = "source",
		[HJ_MISS_DESTINATION] = "destination",
	};
	hj_miss miss;
	cr_assert_eq(hj_reach_miss(s->reach, to, protocol, port, &miss), HJ_OK);
	cr_expect_eq(miss.permit == HJ_NONE, miss.kind == HJ_MISS_NOTHING);
	hj_text_str(out, "no");
	if (!s->misses)
		return;
	hj_text_printf(out, ": %s", words[miss.kind]);
	if (miss.permit != HJ_NONE)
		append_rule(out, s, miss.permit);
}

static void append_verdict(hj_text *out, scene *s, const hj_subject *to, int protocol, int port)
{
	hj_verdict verdict;
	cr_assert_eq(hj_reach_to(s->reach, to, protocol, port, &verdict), HJ_OK);
	if (verdict.allowed == HJ_NO) {
		cr_expect_eq(verdict.permit_count + verdict.fact_count, 0);
		append_miss(out, s, to, protocol, port);
		return;
	}
	hj_text_str(out, verdict.allowed == HJ_YES ? "yes" : "depends");
	uint32_t last = HJ_NONE;
	for (uint32_t i = 0; i < verdict.permit_count; i++) {
		cr_expect(i == 0 || verdict.permits[i - 1].permit < verdict.permits[i].permit);
		uint32_t rule = s->reach->permit_rules[verdict.permits[i].permit];
		if (rule != last)
			append_rule(out, s, verdict.permits[i].permit);
		last = rule;
	}
	append_facts(out, verdict.facts, verdict.fact_count);
	cr_expect_eq(verdict.fact_count > 0, verdict.allowed == HJ_MAYBE);
}

/* Without reasons the answer is the same, whether or not the source was asked for those before. */
static void check_brief(
	scene *s, const hj_origin *from, const hj_subject *to, int protocol, int port)
{
	hj_verdict verdict;
	cr_assert_eq(hj_reach_to(s->reach, to, protocol, port, &verdict), HJ_OK);
	hj_reach *const both[] = {s->brief, s->reach};
	for (int i = 0; i < 6; i++) {
		bool is;
		hj_truth least = (hj_truth)(HJ_YES - i / 2);
		cr_assert_eq(hj_reach_at_least(both[i % 2], from, to, protocol, port, least, &is),
			HJ_OK);
		cr_expect_eq(is, verdict.allowed >= least, "%s: %d, not %d", s->file, least,
			verdict.allowed);
	}
}

static void append_login(
	hj_text *out, scene *s, const hj_origin *from, const hj_subject *to, hj_slice account)
{
	static const char *const kinds[] = {
		[HJ_LOGIN_NONE] = "no", [HJ_LOGIN_CHECK] = "check", [HJ_LOGIN_ACCEPT] = "accept"};
	hj_login login;
	cr_assert_eq(hj_login_ask(s->reach, from, to, account, &login), HJ_OK);
	if (login.allowed == HJ_MAYBE)
		hj_text_str(out, "perhaps ");
	hj_text_str(out, kinds[login.kind]);
	if (login.checked == HJ_MAYBE && login.allowed == HJ_YES)
		hj_text_str(out, ", perhaps check");
	for (uint32_t i = 0; i < login.rule_count; i++)
		hj_text_printf(out, " ssh/%u", login.rules[i]);
	append_facts(out, login.facts, login.fact_count);
}

/* -- questions ------------------------------------------------------------------------------------ */

static hj_subjects subjects_of(scene *s, hj_slice text, bool destination)
{
	hj_subjects out = {0};
	const char *what;
	cr_assert_eq(hj_expand(s->reach, text, destination, &out, &what), HJ_OK, "%s: %.*s: %s",
		s->file, (int)text.size, text.data, what ? what : "out of memory");
	return out;
}

/* "A > B" */
static void cut_ends(hj_slice question, hj_slice *from, hj_slice *to)
{
	const char *mark = memmem(question.data, question.size, " > ", 3);
	cr_assert(mark, "%.*s", (int)question.size, question.data);
	*from = hj_slice_of(question.data, (size_t)(mark - question.data));
	*to = hj_slice_of(mark + 3, question.size - from->size - 3);
}

/* What follows a mark's last place, cut off. */
static hj_slice cut_last(hj_slice *text, const char *mark)
{
	for (size_t size = strlen(mark), at = text->size; at >= size; at--)
		if (memcmp(text->data + at - size, mark, size) == 0) {
			hj_slice rest = hj_slice_of(text->data + at, text->size - at);
			text->size = at - size;
			return rest;
		}
	return HJ_SLICE("");
}

typedef struct ends {
	hj_subjects from, to;
	int protocol, port;
	hj_slice account;
} ends;

static void ask_pair(hj_text *out, scene *s, const ends *e, uint32_t i, uint32_t j, bool login)
{
	hj_origin origin = {.subject = e->from.items[i],
		.attributes = s->attributes,
		.attribute_count = s->attribute_count,
		.attributes_known = s->attributes_known};
	if (e->from.count > 1) {
		hj_subject_append(out, &e->from.items[i]);
		hj_text_str(out, " > ");
	}
	if (e->to.count > 1) {
		hj_subject_append(out, &e->to.items[j]);
		hj_text_str(out, ": ");
	}
	if (login) {
		append_login(out, s, &origin, &e->to.items[j], e->account);
		return;
	}
	cr_assert_eq(hj_reach_from(s->reach, &origin), HJ_OK);
	append_verdict(out, s, &e->to.items[j], e->protocol, e->port);
	check_brief(s, &origin, &e->to.items[j], e->protocol, e->port);
}

static void answer(hj_text *out, scene *s, hj_slice question, bool login)
{
	hj_slice from, to;
	ends e = {.protocol = -1, .port = -1};
	cut_ends(question, &from, &to);
	if (login) {
		e.account = cut_last(&to, " as ");
	} else {
		hj_hostport parts;
		uint8_t number;
		hj_slice protocol = HJ_SLICE("");
		cr_assert(hj_hostport_split(to, &parts));
		if (memchr(parts.ports.data, '/', parts.ports.size)) {
			protocol = cut_last(&parts.ports, "/");
			cr_assert(hj_protocol_parse(protocol, &number));
			e.protocol = number;
		}
		if (!hj_slice_equal(parts.ports, HJ_SLICE("*")))
			e.port = (int)strtol(parts.ports.data, NULL, 10);
		to = parts.host;
	}
	e.from = subjects_of(s, from, false);
	e.to = subjects_of(s, to, true);
	for (uint32_t i = 0; i < e.from.count; i++)
		for (uint32_t j = 0; j < e.to.count; j++) {
			if (i + j)
				hj_text_byte(out, '\n');
			ask_pair(out, s, &e, i, j, login);
		}
	hj_subjects_free(&e.from);
	hj_subjects_free(&e.to);
}

static void list_subjects(hj_text *out, scene *s, hj_slice question)
{
	hj_subjects subjects = {0};
	const char *what;
	bool destination = hj_slice_starts(question, HJ_SLICE("> "));
	if (destination)
		question = hj_slice_of(question.data + 2, question.size - 2);
	hj_status status = hj_expand(s->reach, question, destination, &subjects, &what);
	if (status)
		hj_text_printf(out, "! %s", what);
	for (uint32_t i = 0; i < subjects.count; i++) {
		hj_text_str(out, i ? ", " : "");
		hj_subject_append(out, &subjects.items[i]);
	}
	hj_subjects_free(&subjects);
}

/* The answer that is wanted: a string, or a list of them, one a line. */
static hj_slice wanted(scene *s, uint32_t node)
{
	const hj_node *nodes = hj_document_nodes(s->cases);
	if (hj_node_kind(&nodes[node]) == HJ_STRING)
		return text_of(s, s->cases, node);
	hj_text text;
	bool ok = true;
	hj_text_init(&text, NULL);
	for (uint32_t i = hj_node_first(node); i < nodes[node].next; i = nodes[i].next) {
		if (text.size)
			hj_text_byte(&text, '\n');
		hj_text_append(&text, text_of(s, s->cases, i));
	}
	hj_slice kept = hj_arena_copy(&s->arena, hj_text_slice(&text), &ok);
	hj_text_free(&text);
	return kept;
}

static unsigned ask_all(scene *s, uint32_t node, const char *kind)
{
	const hj_node *nodes = hj_document_nodes(s->cases);
	uint32_t object = member(s->cases, node, kind);
	unsigned asked = 0;
	for (uint32_t i = object ? hj_node_first(object) : 0; object && i < nodes[object].next;) {
		uint32_t value = nodes[i].next;
		hj_slice question = text_of(s, s->cases, i), want = wanted(s, value);
		hj_text got;
		hj_text_init(&got, NULL);
		if (strcmp(kind, "expand") == 0)
			list_subjects(&got, s, question);
		else
			answer(&got, s, question, strcmp(kind, "login") == 0);
		cr_expect(hj_slice_equal(hj_text_slice(&got), want),
			"%s:%u: %.*s\n  got:  %s\n  want: %.*s", s->file,
			hj_source_place(hj_document_source(s->cases), nodes[i].start, HJ_BYTES)
				.line,
			(int)question.size, question.data, hj_text_string(&got), (int)want.size,
			want.data);
		hj_text_free(&got);
		asked++;
		i = nodes[value].next;
	}
	return asked;
}

typedef void case_function(scene *s, uint32_t node, void *context);

/* Every case of every file. */
static unsigned each_case(case_function *function, void *context)
{
	static const char folder[] = "testdata/reach";
	DIR *stream = opendir(folder);
	unsigned cases = 0;
	cr_assert(stream);
	for (const struct dirent *entry; (entry = readdir(stream));) {
		char path[PATH_MAX];
		hj_text text;
		hj_source *source;
		hj_document *document;
		if (!strstr(entry->d_name, ".hujson"))
			continue;
		snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
		hj_text_init(&text, NULL);
		cr_assert(golden_read(path, &text));
		cr_assert_eq(hj_source_copy(NULL, path, hj_text_slice(&text), &source), HJ_OK);
		cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
		cr_assert(!hj_document_error(document), "%s", path);
		const hj_node *nodes = hj_document_nodes(document);
		for (uint32_t i = hj_node_first(0); i < nodes[0].next; i = nodes[i].next, cases++) {
			scene s;
			set_scene(&s, path, document, i);
			function(&s, i, context);
			strike_scene(&s);
		}
		hj_document_free(document);
		hj_source_free(source);
		hj_text_free(&text);
	}
	closedir(stream);
	return cases;
}

static void check_case(scene *s, uint32_t node, void *context)
{
	unsigned *asked = context;
	*asked +=
		ask_all(s, node, "expand") + ask_all(s, node, "reach") + ask_all(s, node, "login");
}

Test(reach, answers_are_those_of_the_cases)
{
	unsigned asked = 0;
	cr_assert_gt(each_case(check_case, &asked), 10);
	cr_assert_gt(asked, 100);
}

/* -- an index proposes, hj__cover decides --------------------------------------------------------- */

/* What is gathered for a party, against every term looked at. */
static void check_gathered(scene *s, hj__end *end)
{
	hj_reach *reach = s->reach;
	hj__index *index = end->coverage.index;
	hj__gather(reach, end);
	for (uint32_t term = 0; term <= reach->all; term++) {
		if (index->first[term] == index->first[term + 1])
			continue;
		hj_truth plain =
			hj__cover(reach, &end->party, term, index->destination, false).truth;
		hj_slice text = hj__selector(reach, term)->text;
		hj_text party;
		hj_text_init(&party, NULL);
		hj_subject_append(&party, &end->party.subject);
		cr_expect_eq(hj__covered(&end->coverage, term).truth, plain, "%s: %s and %.*s",
			s->file, hj_text_string(&party), (int)text.size, text.data);
		hj_text_free(&party);
	}
}

static void check_index(scene *s, uint32_t node, void *context)
{
	(void)node;
	hj_subjects all = subjects_of(s, HJ_SLICE("*"), true);
	for (uint32_t i = 0; i < s->world.device_count; i++)
		hj__subjects_add(
			s->reach, &all, (hj_subject){.kind = HJ_SUBJECT_DEVICE, .index = i});
	hj__subjects_add(s->reach, &all,
		(hj_subject){.kind = HJ_SUBJECT_RANGE,
			.index = HJ_NONE,
			.range = {{0, 0x64400077, false}, {0, 0x64400077, false}}});
	for (uint32_t i = 0; i < all.count; i++) {
		hj_origin origin = {.subject = all.items[i]};
		cr_assert_eq(hj_reach_from(s->reach, &origin), HJ_OK);
		check_gathered(s, &s->reach->from);
		for (uint32_t j = 0; j < all.count; j++, ++*(unsigned *)context) {
			hj__party_set(s->reach, &s->reach->to.party, &all.items[j],
				&s->reach->from.party);
			check_gathered(s, &s->reach->to);
		}
	}
	hj_subjects_free(&all);
}

Test(reach, indexes_propose_every_selector_that_covers)
{
	unsigned pairs = 0;
	each_case(check_index, &pairs);
	cr_assert_gt(pairs, 1000);
}

/* -- without memory ------------------------------------------------------------------------------- */

typedef struct memory_run {
	scene *s;
	hj_allocator allocator;
	hj_subjects subjects;
	hj_reach *reach;
} memory_run;

static hj_status ask_everything(memory_run *run)
{
	const hj_subjects *all = &run->subjects;
	hj_status status = HJ_OK;
	for (uint32_t i = 0; !status && i < all->count; i++) {
		hj_origin origin = {.subject = all->items[i]};
		status = hj_reach_from(run->reach, &origin);
		for (uint32_t j = 0; !status && j < all->count; j += 1 + all->count / 8) {
			hj_verdict verdict;
			hj_login login;
			hj_miss miss;
			bool is;
			status = hj_reach_to(run->reach, &all->items[j], -1, -1, &verdict);
			if (!status)
				status = hj_reach_at_least(run->reach,
					&(hj_origin){.subject = all->items[j]}, &all->items[i], -1,
					-1, HJ_MAYBE, &is);
			if (!status)
				status = hj_reach_from(run->reach, &origin);
			if (!status)
				status = hj_reach_miss(run->reach, &all->items[j], 6, 1, &miss);
			if (!status)
				status = hj_login_ask(run->reach, &origin, &all->items[j],
					HJ_SLICE("root"), &login);
		}
	}
	return status;
}

static hj_status job(memory_run *run)
{
	hj_status status =
		hj_reach_build(&run->s->world, &run->s->assumptions, &run->allocator, &run->reach);
	run->subjects = (hj_subjects){.allocator = &run->allocator};
	const char *what;
	if (!status)
		status = hj_expand(run->reach, HJ_SLICE("*"), true, &run->subjects, &what);
	if (!status)
		status = ask_everything(run);
	/* A question that failed leaves the reach fit for the next one. */
	if (status && run->reach && run->subjects.count)
		cr_assert_eq(ask_everything(run), HJ_OK);
	hj_subjects_free(&run->subjects);
	hj_reach_free(run->reach);
	return status;
}

static void check_memory(scene *s, uint32_t node, void *context)
{
	(void)node;
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		memory_run run = {.s = s, .allocator = failing_allocator(&state)};
		hj_status status = job(&run);
		cr_assert_eq(state.blocks, 0, "%s: allocation %zu leaks", s->file, n);
		if (!state.failed) {
			cr_assert_eq(status, HJ_OK);
			break;
		}
		cr_assert_eq(status, HJ_NO_MEMORY, "%s: allocation %zu", s->file, n);
		++*(unsigned *)context;
	}
}

Test(reach, out_of_memory_is_an_error_and_leaks_nothing)
{
	unsigned failures = 0;
	each_case(check_memory, &failures);
	cr_assert_gt(failures, 300, "%u", failures);
}

/* -- large and hostile ---------------------------------------------------------------------------- */

enum { MANY = 20000 };

/* Each line of a section, for every number. */
static void repeat(hj_text *out, const char *format)
{
	for (int i = 0; i < MANY; i++)
		for (const char *at = format; *at; at++) {
			if (*at == '#')
				hj_text_printf(out, "%d", i);
			else
				hj_text_byte(out, *at);
		}
}

static void time_policy(const char *text, const char *const *questions)
{
	hj_document *cases;
	hj_source *source;
	scene s;
	cr_assert_eq(hj_source_copy(NULL, "large", hj_slice_str(text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &cases), HJ_OK);
	cr_assert(!hj_document_error(cases));
	set_scene(&s, "large", cases, hj_node_first(0));
	for (int i = 0; i < MANY; i++) {
		hj_text got;
		hj_text_init(&got, NULL);
		answer(&got, &s, hj_slice_str(questions[i % 2]), false);
		cr_assert(hj_slice_starts(hj_text_slice(&got), HJ_SLICE("yes")), "%s: %s",
			questions[i % 2], hj_text_string(&got));
		hj_text_free(&got);
	}
	strike_scene(&s);
	hj_document_free(cases);
	hj_source_free(source);
}

/* As many questions as rules: comparing every pair would take minutes. */
Test(reach, questions_cost_what_their_ends_are_in, .timeout = 30)
{
	static const struct {
		const char *head, *each, *tail;
		const char *questions[2];
	} policies[] = {
		{"[{'policy': {'acls': [",
			"{'src': ['u#@example.com'], 'dst': ['10.0.0.0/8:#', 'svc:s#:*', "
			"'tag:t#:*']},",
			"]}}]", {"u7@example.com > 10.1.1.1:7", "u9@example.com > svc:s9:1"}},
		{"[{'policy': {'acls': [", "{'src': ['user:*@d#'], 'dst': ['tag:a:#']},",
			"], 'tagOwners': {'tag:a': []}}}]", {"u@d7 > tag:a:7", "u@d9 > tag:a:9"}},
		{"[{'policy': {'acls': [{'src': ['a@b', ", "'u#@x', ",
			"], 'dst': ['tag:a:1']}], 'tagOwners': {'tag:a': []}}}]",
			{"a@b > tag:a:1", "u9@x > tag:a:1"}},
		{"[{'policy': {'groups': {", "'group:g#': ['a@b'],",
			"}, 'tagOwners': {'tag:a': []}, 'acls': [{'src': ['group:g9'], 'dst': "
			"['tag:a:1']}]}}]",
			{"a@b > tag:a:1", "a@b > tag:a:*"}},
	};
	for (size_t i = 0; i < sizeof policies / sizeof *policies; i++) {
		hj_text text;
		hj_text_init(&text, NULL);
		hj_text_str(&text, policies[i].head);
		repeat(&text, policies[i].each);
		hj_text_str(&text, policies[i].tail);
		for (size_t at = 0; at < text.size; at++)
			if (text.data[at] == '\'')
				text.data[at] = '"';
		time_policy(hj_text_string(&text), policies[i].questions);
		hj_text_free(&text);
	}
}
