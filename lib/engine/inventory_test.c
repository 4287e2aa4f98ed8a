/*
 * Inventories by their data: testdata/inventory/CASE.hujson is read to what CASE.txt says. First
 * what was read, an entry a line; then the findings, LINE:COLUMN: SEVERITY: MESSAGE [RULE], and
 * behind "at" the places that belong to them; columns in bytes.
 */
#include "engine/inventory.h"

#include "testdata/support/failing.h"
#include "testdata/support/golden.h"

#include <criterion/criterion.h>
#include <dirent.h>

static hj_document *parse(hj_slice text)
{
	hj_source *source;
	hj_document *document;
	cr_assert_eq(hj_source_copy(NULL, NULL, text, &source), HJ_OK);
	cr_assert_eq(hj_parse(source, 0, &document), HJ_OK);
	return document;
}

static void discard(hj_document *document)
{
	hj_source *source = hj_document_source(document);
	hj_document_free(document);
	hj_source_free(source);
}

/* -- what was read ------------------------------------------------------------------------------- */

static void put(hj_text *out, const char *before, hj_slice text)
{
	hj_text_printf(out, "%s%.*s", before, HJ_SLICE_ARGS(text));
}

static void put_addresses(hj_text *out, const hj_address *items, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		hj_text_byte(out, ' ');
		hj_address_append(out, items[i]);
	}
}

static void put_routes(hj_text *out, const char *what, const hj_prefix *items, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		hj_text_str(out, what);
		hj_prefix_append(out, items[i]);
	}
}

static void put_attribute(hj_text *out, const hj_device_attribute *item)
{
	put(out, "\n\t", item->name);
	switch (item->type) {
	case HJ_FACT_TEXT: put(out, " text ", item->text); break;
	case HJ_FACT_NUMBER:
		put(out, " number ", item->text);
		hj_text_printf(out, " %lld", (long long)item->number);
		break;
	case HJ_FACT_BOOLEAN: hj_text_str(out, item->truth ? " true" : " false"); break;
	}
}

static void put_device(hj_text *out, const hj_inventory *inventory, const hj_device *device)
{
	put(out, "device ", device->name);
	put_addresses(out, device->addresses, device->address_count);
	if (device->user != HJ_NONE)
		put(out, " of ", inventory->users[device->user].login);
	for (uint32_t i = 0; i < device->tag_count; i++)
		put(out, " ", device->tags[i].text);
	put_routes(out, " advertises ", device->advertised, device->advertised_count);
	put_routes(out, " enabled ", device->enabled, device->enabled_count);
	if (device->external)
		hj_text_str(out, " external");
	for (uint32_t i = 0; i < device->attribute_count; i++)
		put_attribute(out, &device->attributes[i]);
	hj_text_byte(out, '\n');
}

static void describe(hj_text *out, const hj_inventory *inventory)
{
	put(out, "tailnet ", inventory->tailnet);
	hj_text_printf(out, "\n%s, %s\n", inventory->has_users ? "users" : "no users",
		inventory->has_devices ? "devices" : "no devices");
	for (uint32_t i = 0; i < inventory->user_count; i++) {
		const hj_inventory_user *user = &inventory->users[i];
		const char *role = hj_autogroup_name(user->role);
		put(out, "user ", user->login);
		hj_text_printf(out, " %s%s\n", role ? role : "?", user->shared ? " shared" : "");
	}
	for (uint32_t i = 0; i < inventory->device_count; i++)
		put_device(out, inventory, &inventory->devices[i]);
	for (uint32_t i = 0; i < inventory->service_count; i++) {
		const hj_inventory_service *service = &inventory->services[i];
		put(out, "service ", service->name);
		put_addresses(out, service->addresses, service->address_count);
		for (uint32_t k = 0; k < service->tag_count; k++)
			put(out, " ", service->tags[k].text);
		hj_text_byte(out, '\n');
	}
}

/* -- what was found ------------------------------------------------------------------------------ */

static void put_finding(hj_text *out, hj_source *source, const hj_finding *finding)
{
	hj_place place = hj_source_place(source, finding->span.start, HJ_BYTES);
	hj_text_printf(
		out, "%u:%u: %s", place.line, place.column, hj_severity_text(finding->severity));
	put(out, ": ", finding->message);
	hj_text_printf(out, " [%s]", finding->rule->name);
	for (size_t i = 0; i < finding->related_count; i++) {
		place = hj_source_place(source, finding->related[i].span.start, HJ_BYTES);
		hj_text_printf(out, " at %u:%u", place.line, place.column);
	}
	hj_text_byte(out, '\n');
}

enum { MOST_RULES = 64 };

static void check_case(const char *file, bool found[MOST_RULES])
{
	char path[512];
	hj_text text, want, got;
	hj_findings findings;
	hj_inventory inventory;
	hj_text_init(&text, NULL);
	hj_text_init(&want, NULL);
	hj_text_init(&got, NULL);
	hj_findings_init(&findings, NULL);
	snprintf(path, sizeof path, "testdata/inventory/%s", file);
	cr_assert(golden_read(path, &text), "%s", path);
	strcpy(strrchr(path, '.'), ".txt");
	cr_expect(golden_read(path, &want), "%s", path);
	hj_document *document = parse(hj_text_slice(&text));
	cr_assert_eq(hj_inventory_bind(document, NULL, &findings, &inventory), HJ_OK);
	hj_findings_sort(&findings);
	describe(&got, &inventory);
	for (size_t i = 0; i < findings.count; i++) {
		put_finding(&got, hj_document_source(document), &findings.items[i]);
		found[findings.items[i].rule - hj_inventory_rules(&(size_t){0})] = true;
	}
	cr_expect_str_eq(hj_text_string(&got), hj_text_string(&want), "%s", path);
	if (getenv("HUJSON_ACCEPT") && !hj_slice_equal(hj_text_slice(&got), hj_text_slice(&want))) {
		FILE *out = fopen(path, "wb");
		fwrite(got.data, 1, got.size, out);
		fclose(out);
	}
	hj_inventory_free(&inventory);
	hj_findings_free(&findings);
	discard(document);
	hj_text_free(&text);
	hj_text_free(&want);
	hj_text_free(&got);
}

/* Calls for every case. */
static unsigned each_case(void (*act)(const char *file, void *context), void *context)
{
	unsigned count = 0;
	DIR *files = opendir("testdata/inventory");
	cr_assert(files);
	for (const struct dirent *file; (file = readdir(files));) {
		const char *dot = strrchr(file->d_name, '.');
		if (!dot || strcmp(dot, ".hujson") != 0)
			continue;
		act(file->d_name, context);
		count++;
	}
	closedir(files);
	return count;
}

static void check_one(const char *file, void *found)
{
	check_case(file, found);
}

Test(inventory, is_read_as_the_cases_say)
{
	bool found[MOST_RULES] = {false};
	size_t count;
	const hj_rule *rules = hj_inventory_rules(&count);
	cr_assert_leq(count, MOST_RULES);
	cr_expect_geq(each_case(check_one, found), 11);
	for (size_t i = 0; i < count; i++)
		cr_expect(found[i], "no case finds %s", rules[i].name);
}

Test(inventory, devices_are_found_by_name_and_by_first_label)
{
	static const struct {
		const char *name;
		uint32_t index;
	} cases[] = {{"vault.a.ts.net", 0}, {"vault", 0}, {"web", HJ_NONE}, {"web.a.ts.net", 1},
		{"web.b.ts.net", 2}, {"db.a.ts.net", 3}, {"db", 4}, {"VAULT", HJ_NONE},
		{"vault.a", HJ_NONE}, {"", HJ_NONE}, {"nobody", HJ_NONE}};
	hj_document *document = parse(HJ_SLICE(
		"{\"devices\": [{\"name\": \"vault.a.ts.net\"}, {\"name\": \"web.a.ts.net\"}, "
		"{\"name\": \"web.b.ts.net\"}, {\"name\": \"db.a.ts.net\"}, {\"name\": \"db\"}]}"));
	hj_findings findings;
	hj_inventory inventory;
	hj_findings_init(&findings, NULL);
	cr_assert_eq(hj_inventory_bind(document, NULL, &findings, &inventory), HJ_OK);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		cr_expect_eq(hj_inventory_device(&inventory, hj_slice_str(cases[i].name)),
			cases[i].index, "%s", cases[i].name);
	hj_inventory_free(&inventory);
	hj_findings_free(&findings);
	discard(document);
}

/* What the recorded tailnets have is healthy. */
static void check_recorded(const char *path)
{
	hj_text text;
	golden_file file = {0};
	hj_findings findings;
	hj_inventory inventory;
	hj_text_init(&text, NULL);
	hj_findings_init(&findings, NULL);
	cr_assert(golden_read(path, &text), "%s", path);
	file.document = parse(hj_text_slice(&text));
	file.source = hj_document_source(file.document);
	uint32_t node = golden_find(&file, 0, "inventory");
	hj_document *document = parse(hj_source_slice(
		file.source, hj_node_span(&hj_document_nodes(file.document)[node])));
	cr_assert_eq(hj_inventory_bind(document, NULL, &findings, &inventory), HJ_OK);
	cr_expect(inventory.tailnet.size && inventory.user_count && inventory.device_count, "%s",
		path);
	for (size_t i = 0; i < findings.count; i++)
		cr_expect_eq(findings.items[i].severity, HJ_INFO_LEVEL, "%s: %.*s", path,
			HJ_SLICE_ARGS(findings.items[i].message));
	hj_inventory_free(&inventory);
	hj_findings_free(&findings);
	discard(document);
	discard(file.document);
	hj_text_free(&text);
}

Test(inventory, recorded_ones_are_healthy)
{
	static const char *const categories[] = {
		"acl", "grant", "nodeattrs", "policytest", "routes", "ssh", "sshtest"};
	unsigned count = 0;
	if (!golden_folder())
		cr_skip_test("HUJSON_SHARED is not set");
	for (size_t i = 0; i < sizeof categories / sizeof *categories; i++) {
		char folder[PATH_MAX], path[PATH_MAX + 256];
		snprintf(folder, sizeof folder, "%s/control-plane/%s", golden_folder(),
			categories[i]);
		DIR *files = opendir(folder);
		cr_assert(files, "%s", folder);
		for (const struct dirent *entry; (entry = readdir(files));) {
			if (entry->d_name[0] == '.')
				continue;
			snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
			check_recorded(path);
			count++;
		}
		closedir(files);
	}
	cr_expect_gt(count, 500);
}

/* -- short memory -------------------------------------------------------------------------------- */

static void starve(const char *file, void *context)
{
	(void)context;
	char path[512];
	hj_text text;
	hj_text_init(&text, NULL);
	snprintf(path, sizeof path, "testdata/inventory/%s", file);
	cr_assert(golden_read(path, &text), "%s", path);
	hj_document *document = parse(hj_text_slice(&text));
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		hj_findings findings;
		hj_inventory inventory;
		hj_findings_init(&findings, &allocator);
		hj_status status = hj_inventory_bind(document, &allocator, &findings, &inventory);
		cr_expect_eq(status, state.failed ? HJ_NO_MEMORY : HJ_OK, "%s: %zu", file, n);
		if (!status)
			hj_inventory_free(&inventory);
		hj_findings_free(&findings);
		cr_assert_eq(state.blocks, 0, "%s: allocation %zu", file, n);
		if (!state.failed)
			break;
	}
	discard(document);
	hj_text_free(&text);
}

Test(inventory, out_of_memory_is_said_and_nothing_leaks)
{
	cr_expect_gt(each_case(starve, NULL), 0);
}

/* -- much and hostile ---------------------------------------------------------------------------- */

/* A piece again and again, `#` in it being the number of the time, `%` its last byte. */
static void repeat(hj_text *text, const char *piece, size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (const char *at = piece; *at; at++) {
			if (*at == '#')
				hj_text_printf(text, "%zu", i);
			else if (*at == '%')
				hj_text_printf(text, "%zu", i % 256);
			else
				hj_text_byte(text, *at);
		}
}

/* Reads HEAD PIECE… TAIL; gives the findings. */
static size_t read_large(const char *head, const char *piece, size_t count, const char *tail)
{
	hj_text text;
	hj_findings findings;
	hj_inventory inventory;
	hj_text_init(&text, NULL);
	hj_findings_init(&findings, NULL);
	hj_text_str(&text, head);
	repeat(&text, piece, count);
	hj_text_str(&text, tail);
	hj_document *document = parse(hj_text_slice(&text));
	cr_expect_null(hj_document_error(document), "%s", piece);
	cr_expect_eq(hj_inventory_bind(document, NULL, &findings, &inventory), HJ_OK, "%s", piece);
	size_t found = findings.count;
	hj_inventory_free(&inventory);
	hj_findings_free(&findings);
	discard(document);
	hj_text_free(&text);
	return found;
}

Test(inventory, time_is_near_linear_in_hostile_documents, .timeout = 60)
{
	enum { MANY = 50000 };
	static const char devices[] = "{\"devices\": [", one[] = "{\"devices\": [{\"name\": \"a\",";
	cr_expect_eq(read_large(devices, "{\"name\": \"a\"},", MANY, "]}"), MANY);
	cr_expect_eq(read_large(devices, "{\"user\": \"u#\", \"name\": \"a#\"},", MANY, "]}"), 0);
	cr_expect_eq(read_large(devices,
			     "{\"user\": \"u#\", \"name\": \"a#\", \"addresses\": "
			     "[\"100.64.0.%\"]},",
			     MANY, "]}"),
		MANY - 256);
	/* As deep as routes nest, and the same route again and again. */
	cr_expect_eq(read_large(devices,
			     "{\"user\": \"u\", \"name\": \"a#\", \"enabledRoutes\": "
			     "[\"10.0.0.0/8\", \"10.0.0.0/9\", \"10.0.0.0/10\", \"10.%.0.0/16\"]},",
			     MANY, "]}"),
		3 * MANY);
	cr_expect_eq(read_large(one, "\"tags\": [\"tag:a\"], \"x\": 1,", MANY, "}]}"), 0);
	cr_expect_eq(read_large(one, "\"tags\": 1,", MANY, "\"user\": \"a\"}]}"), MANY);
	cr_expect_eq(read_large(one, "\"user\": \"a#\",", MANY, "}]}"), 0);
	cr_expect_eq(read_large("{\"devices\": [{\"name\": \"a\", \"tags\": [",
			     "\"tag:a#\",\"tag:B\",", MANY, "]}]}"),
		0);
	cr_expect_eq(
		read_large("{\"devices\": [{\"name\": \"a\", \"user\": \"u\", \"addresses\": [",
			"\"fd7a:115c:a1e0::%\",\"100.64.%.1\",\"100.64.1.%\",", MANY, "]}]}"),
		0);
	cr_expect_eq(
		read_large("{\"devices\": [{\"name\": \"a\", \"user\": \"u\", \"enabledRoutes\": [",
			"\"10.%.0.0/16\",\"10.1.%.0/24\",", MANY, "]}]}"),
		0);
	cr_expect_eq(
		read_large("{\"devices\": [{\"name\": \"a\", \"user\": \"u\", \"attributes\": {",
			"\"custom:a#\": #, \"custom:b\": true,", MANY, "}}]}"),
		0);
	cr_expect_eq(read_large("{\"users\": [", "{\"loginName\": \"a\"},", MANY, "]}"), MANY - 1);
	cr_expect_eq(
		read_large("{\"services\": [", "{\"name\": \"svc:a\"},", MANY, "]}"), MANY - 1);
}
