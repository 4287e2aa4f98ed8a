/*
 * One mistake in a policy that the service accepted: is it found, and where it was made?
 *
 * Every accepted recording is given one mistake of each kind that it has room for, at a place that
 * a seeded generator chooses. MUTATION_TABLE in the environment prints a line a kind.
 */
#include "lint/lint.h"
#include "policy/accept.h"

#include "testdata/support/golden.h"
#include "testdata/support/mistakes.h"

#include <criterion/criterion.h>
#include <dirent.h>

/* -- places ------------------------------------------------------------------------------------ */

/* Where a mistake can be made: a node, and the object that it is a part of. */
typedef struct site {
	const char *label;
	uint32_t node, owner;
} site;

typedef struct sites {
	site items[4096];
	size_t count;
} sites;

static void add(sites *all, const char *label, uint32_t node, uint32_t owner)
{
	if (node && all->count < sizeof all->items / sizeof *all->items)
		all->items[all->count++] = (site){label, node, owner};
}

static void add_words(
	sites *all, const char *label, const char *list, const hj_words *words, uint32_t owner)
{
	for (uint32_t i = 0; i < words->count; i++)
		add(all, label, words->items[i].node, owner);
	if (list)
		add(all, list, words->node, owner);
}

static void add_entries(sites *all, const char *name, const char *value, const hj_entries *entries)
{
	for (uint32_t i = 0; i < entries->count; i++) {
		const hj_entry *entry = &entries->items[i];
		add(all, name, entry->name.node, entry->name.node);
		add_words(all, value, NULL, &entry->words, entry->value);
		if (!entry->words.node)
			add(all, value, entry->word.node, entry->name.node);
	}
}

static void collect(const hj_policy *policy, sites *all)
{
	all->count = 0;
	for (uint32_t i = 0; i < policy->acls.count; i++) {
		const hj_acl *acl = &policy->acls.items[i];
		add(all, "acl", acl->node, acl->node);
		add(all, "acl.action", acl->action.node, acl->node);
		add_words(all, "acl.src", "acl.src[]", &acl->src, acl->node);
		add_words(all, "acl.dst", "acl.dst[]", &acl->dst, acl->node);
	}
	for (uint32_t i = 0; i < policy->grants.count; i++) {
		const hj_grant *grant = &policy->grants.items[i];
		add(all, grant->app.count ? "grant+app" : "grant", grant->node, grant->node);
		add(all, "any grant", grant->node, grant->node);
		add_words(all, "grant.src", "grant.src[]", &grant->src, grant->node);
		add_words(all, "grant.dst", grant->app.count ? "grant+app.dst[]" : "grant.dst[]",
			&grant->dst, grant->node);
		add_words(all, "grant.ip", grant->app.count ? NULL : "grant.ip[]", &grant->ip,
			grant->node);
		add_words(all, "grant.via", NULL, &grant->via, grant->node);
	}
	for (uint32_t i = 0; i < policy->ssh.count; i++) {
		const hj_ssh_rule *rule = &policy->ssh.items[i];
		add(all, rule->check_period.node ? "ssh with period" : "ssh", rule->node,
			rule->node);
		add(all, "ssh.action", rule->action.node, rule->node);
		add_words(all, "ssh.src", "ssh.src[]", &rule->src, rule->node);
		add_words(all, "ssh.dst", "ssh.dst[]", &rule->dst, rule->node);
		add_words(all, "ssh.users", "ssh.users[]", &rule->users, rule->node);
	}
	for (uint32_t i = 0; i < policy->node_attrs.count; i++) {
		const hj_node_attr *rule = &policy->node_attrs.items[i];
		add(all, rule->ip_pool.node ? "node with pool" : "node", rule->node, rule->node);
		add_words(all, "node.target", NULL, &rule->target, rule->node);
	}
	for (uint32_t i = 0; i < policy->tests.count; i++) {
		const hj_test *test = &policy->tests.items[i];
		add(all, "test.src", test->src.node, test->node);
		add_words(all, "test.dst", NULL, &test->accept, test->node);
	}
	for (uint32_t i = 0; i < policy->ssh_tests.count; i++) {
		const hj_ssh_test *test = &policy->ssh_tests.items[i];
		add(all, "sshTest.src", test->src.node, test->node);
		add_words(all, "sshTest.dst", NULL, &test->dst, test->node);
		add_words(all, "sshTest.user", NULL, &test->accept, test->node);
	}
	add_entries(all, "group.name", "group.member", &policy->groups);
	add_entries(all, "tag.name", "tag.owner", &policy->tag_owners);
	add_entries(all, "host.name", "host.value", &policy->hosts);
	add_entries(all, "route.name", "approver", &policy->auto_approvers.routes);
}

/* -- making one -------------------------------------------------------------------------------- */

typedef struct score {
	unsigned made, found;
} score;

static uint32_t random_next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* The text of a mistake in place of an old one. */
static void compose(const mistake *kind, hj_slice old, hj_text *out)
{
	const char *colon = old.size ? memrchr(old.data, ':', old.size) : NULL;
	size_t host = colon ? (size_t)(colon - old.data) : old.size;
	hj_text_byte(out, '"');
	for (const char *at = kind->text; *at; at++) {
		if (*at == '%' && strcmp(kind->text, "%bogus") != 0)
			hj_text_append(out, old);
		else if (*at == '&')
			hj_text_append(out, hj_slice_of(old.data, host));
		else
			hj_text_byte(out, *at);
	}
	hj_text_byte(out, '"');
}

typedef struct changed {
	hj_text text;
	hj_span region; /* where the mistake is */
} changed;

static void splice(changed *out, hj_slice whole, hj_span old, hj_slice by)
{
	hj_text_init(&out->text, NULL);
	hj_text_append(&out->text, hj_slice_of(whole.data, old.start));
	hj_text_append(&out->text, by);
	hj_text_append(&out->text, hj_slice_of(whole.data + old.end, whole.size - old.end));
	out->region = (hj_span){old.start, old.start + (uint32_t)by.size};
}

/* A member with its name and a comma after it; what misses it is the object's opening. */
static void drop(const hj_document *document, hj_slice whole, const site *at, changed *out)
{
	const hj_node *nodes = hj_document_nodes(document);
	uint32_t end = nodes[at->node].end, opening = nodes[at->owner].start;
	while (end < whole.size && strchr(" \t\r\n", whole.data[end]))
		end++;
	if (whole.data[end] == ',')
		end++;
	else
		end = nodes[at->node].end;
	splice(out, whole, (hj_span){nodes[at->node - 1].start, end}, HJ_SLICE(""));
	out->region = (hj_span){opening, opening + 1};
}

static void make(const hj_document *document, const mistake *kind, const site *at, changed *out)
{
	const hj_node *nodes = hj_document_nodes(document);
	hj_source *source = hj_document_source(document);
	hj_slice whole = hj_slice_of(source->data, source->size);
	hj_span span = hj_node_span(&nodes[kind->how == ROOT ? 0 : at->node]);
	hj_text by;
	hj_text_init(&by, NULL);
	switch (kind->how) {
	case TEXT:
		compose(kind, hj_slice_of(whole.data + span.start + 1, span.end - span.start - 2),
			&by);
		splice(out, whole, span, hj_text_slice(&by));
		break;
	case INSERT:
	case ROOT:
		splice(out, whole, (hj_span){span.start + 1, span.start + 1},
			hj_slice_str(kind->text));
		break;
	case WHOLE: splice(out, whole, span, hj_slice_str(kind->text)); break;
	case DROP: drop(document, whole, at, out); break;
	}
	hj_text_free(&by);
}

/* -- is it found? ------------------------------------------------------------------------------ */

static bool is_found(const changed *after, hj_slice tailnet, bool apart)
{
	hj_source *source;
	hj_document *document;
	hj_findings findings;
	hj_findings_init(&findings, NULL);
	cr_assert_eq(hj_source_copy(NULL, NULL, hj_text_slice(&after->text), &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	hj_lint_options options = {.tailnet = tailnet, .fragment = HJ_FRAGMENT_NO};
	cr_assert_eq(hj_lint(document, &options, &findings), HJ_OK);
	bool found = false;
	for (size_t i = 0; i < findings.count && !found; i++) {
		const hj_finding *finding = &findings.items[i];
		bool here = finding->span.start <= after->region.end &&
			finding->span.end >= after->region.start;
		found = apart ? finding->severity == HJ_ERROR_LEVEL
			      : here && finding->severity <= HJ_WARNING_LEVEL;
	}
	hj_findings_free(&findings);
	hj_document_free(document);
	hj_source_free(source);
	return found;
}

/* Has the policy a use of the name beside its definition? */
static bool is_used(hj_slice whole, hj_slice name)
{
	const char *first = memmem(whole.data, whole.size, name.data, name.size);
	const char *after = first + name.size;
	return memmem(after, whole.size - (size_t)(after - whole.data), name.data, name.size);
}

/* An ACL with a source for which autogroup:self is no destination. */
static bool has_tag_source(const hj_policy *policy, uint32_t owner)
{
	for (uint32_t i = 0; i < policy->acls.count; i++) {
		const hj_acl *acl = &policy->acls.items[i];
		for (uint32_t k = 0; acl->node == owner && k < acl->src.count; k++)
			if (hj_slice_starts(acl->src.items[k].text, HJ_SLICE("tag:")))
				return true;
	}
	return false;
}

static bool is_room(const hj_policy *policy, const mistake *kind, const site *at)
{
	hj_source *source = hj_document_source(policy->document);
	hj_slice whole = hj_slice_of(source->data, source->size);
	const hj_node *node = &hj_document_nodes(policy->document)[at->node];
	hj_slice token = hj_source_slice(source, hj_node_span(node));
	if (strcmp(at->label, kind->label) != 0)
		return false;
	if (kind->how == WHOLE && strstr(kind->text, "autogroup:self"))
		return has_tag_source(policy, at->owner);
	/* A quotation mark and what follows it: the end of the name counts. */
	if (kind->how == TEXT && kind->apart)
		return is_used(whole, token);
	return !kind->starts ||
		(token.size > 2 &&
			hj_slice_starts(hj_slice_of(token.data + 1, token.size - 2),
				hj_slice_str(kind->starts)));
}

static void try_mistake(const hj_policy *policy, hj_slice tailnet, const sites *all,
	const mistake *kind, uint32_t *state, score *count)
{
	const site *fitting[4096];
	size_t room = 0;
	for (size_t i = 0; kind->how != ROOT && i < all->count; i++)
		if (is_room(policy, kind, &all->items[i]))
			fitting[room++] = &all->items[i];
	/* A second section of the name would be another mistake. */
	if (kind->how == ROOT && strstr(kind->text, "tests") ? policy->tests.node != 0
			: kind->how == ROOT && strstr(kind->text, "nodeattrs")
			? policy->node_attrs.node != 0
			: kind->how != ROOT && room == 0)
		return;
	const site *at = room ? fitting[random_next(state) % room] : NULL;
	changed after;
	make(policy->document, kind, at, &after);
	count->made++;
	bool found = is_found(&after, tailnet, kind->apart);
	count->found += found;
	if (!found && getenv("MUTATION_MISSED"))
		printf("missed: %s: %.60s\n", kind->name,
			hj_text_string(&after.text) + after.region.start);
	hj_text_free(&after.text);
}

/* -- all of them ------------------------------------------------------------------------------- */

static void mutate(const char *path, uint32_t *state, score *scores)
{
	golden_file file = {0};
	hj_text text;
	hj_text_init(&text, NULL);
	hj_arena_init(&file.arena, NULL);
	cr_assert(golden_read(path, &text), "%s", path);
	cr_assert_eq(hj_source_adopt(NULL, &text, &file.source), HJ_OK);
	cr_assert_eq(hj_parse(file.source, 0, &file.document), HJ_OK);
	const hj_node *nodes = hj_document_nodes(file.document);
	uint32_t code = golden_find(&file, golden_find(&file, 0, "api"), "code");
	hj_slice tailnet;
	cr_assert(golden_member_of(&file, golden_find(&file, 0, "tailnet"), "name", &tailnet));
	if (hj_slice_equal(
		    hj_source_slice(file.source, hj_node_span(&nodes[code])), HJ_SLICE("200"))) {
		static sites all;
		hj_source *source;
		hj_document *document;
		hj_policy policy;
		hj_span span = hj_node_span(&nodes[golden_find(&file, 0, "policy")]);
		cr_assert_eq(
			hj_source_copy(NULL, NULL, hj_source_slice(file.source, span), &source),
			HJ_OK);
		cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
		cr_assert_eq(hj_policy_bind(document, NULL, &policy), HJ_OK);
		collect(&policy, &all);
		for (size_t i = 0; i < MISTAKES; i++)
			try_mistake(&policy, tailnet, &all, &mistakes[i], state, &scores[i]);
		hj_policy_free(&policy);
		hj_document_free(document);
		hj_source_free(source);
	}
	golden_drop(&file);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_scenario(const struct dirent *entry)
{
	const char *dot = strrchr(entry->d_name, '.');
	return dot && strcmp(dot, ".json") == 0;
}

Test(mutation, mistakes_are_found_where_they_are, .timeout = 300)
{
	static const char *const categories[] = {
		"acl", "grant", "nodeattrs", "policytest", "routes", "ssh", "sshtest"};
	static score scores[MISTAKES];
	const char *folder = golden_folder();
	uint32_t state = 20260501;
	if (!folder)
		cr_skip_test("HUJSON_SHARED is not set");
	for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
		char path[PATH_MAX], name[PATH_MAX + 512];
		struct dirent **files;
		snprintf(path, sizeof path, "%s/control-plane/%s", folder, categories[i]);
		int count = scandir(path, &files, is_scenario, by_name);
		cr_assert_gt(count, 0, "%s", path);
		for (int k = 0; k < count; k++) {
			snprintf(name, sizeof name, "%s/%s", path, files[k]->d_name);
			mutate(name, &state, scores);
			free(files[k]);
		}
		free(files);
	}
	score sums[2] = {{0}};
	for (size_t i = 0; i < MISTAKES; i++) {
		const mistake *kind = &mistakes[i];
		sums[kind->sure].made += scores[i].made;
		sums[kind->sure].found += scores[i].found;
		cr_expect_gt(scores[i].made, 0, "%s: no policy has room for it", kind->name);
		if (kind->sure)
			cr_expect_eq(scores[i].found, scores[i].made, "%s: %u of %u", kind->name,
				scores[i].found, scores[i].made);
		if (getenv("MUTATION_TABLE"))
			printf("%-36s %-8s %5u of %5u\n", kind->name,
				kind->sure ? "refused" : "probably", scores[i].found,
				scores[i].made);
	}
	if (getenv("MUTATION_TABLE"))
		printf("refused: %u of %u found; probably refused: %u of %u found; %d kinds\n",
			sums[1].found, sums[1].made, sums[0].found, sums[0].made, (int)MISTAKES);
	fflush(stdout);
	cr_expect_eq(sums[1].found, sums[1].made);
	cr_expect_geq(sums[0].found * 10, sums[0].made * 9);
}
