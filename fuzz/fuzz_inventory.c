/*
 * Read whatever is said to be an inventory: what was read keeps the promises of its header, every
 * finding lies in the source, and a world can stand on it.
 */
#include "engine/world.h"
#include "fuzz.h"

#include "base/utf8.h"

static void check_address(hj_map *taken, const hj_address *address, bool after_v6)
{
	bool was_there = false;
	hj_slice key = hj_slice_of((const char *)address, offsetof(hj_address, v6) + 1);
	FUZZ_CHECK(!hj_map_put(taken, key, 0, NULL, &was_there) && !was_there, "an address twice");
	FUZZ_CHECK(hj_tailnet_contains((hj_range){*address, *address}), "a foreign address");
	FUZZ_CHECK(address->v6 || !after_v6, "IPv4 after IPv6");
}

static void check_routes(const hj_prefix *routes, uint32_t count)
{
	bool changed = false;
	for (uint32_t i = 0; i < count; i++) {
		hj_prefix_masked(routes[i], &changed);
		FUZZ_CHECK(!changed, "host bits in a route");
	}
}

static void check_device(const hj_inventory *inventory, uint32_t index, hj_map *taken)
{
	const hj_device *device = &inventory->devices[index];
	FUZZ_CHECK(device->name.size, "no name");
	FUZZ_CHECK(hj_inventory_device(inventory, device->name) == index, "a name is lost");
	FUZZ_CHECK(device->user == HJ_NONE || device->user < inventory->user_count, "no such user");
	FUZZ_CHECK(device->user == HJ_NONE || device->tag_count == 0, "an owner and tags");
	for (uint32_t i = 0; i < device->address_count; i++)
		check_address(taken, &device->addresses[i], i && device->addresses[i - 1].v6);
	for (uint32_t i = 0; i < device->tag_count; i++)
		FUZZ_CHECK(!hj_tag_fault(device->tags[i].text), "no tag");
	check_routes(device->advertised, device->advertised_count);
	check_routes(device->enabled, device->enabled_count);
	FUZZ_CHECK(device->enabled_count <= device->advertised_count, "enabled, not advertised");
	for (uint32_t i = 1; i < device->attribute_count; i++) {
		hj_slice one = device->attributes[i - 1].name, next = device->attributes[i].name;
		size_t size = one.size < next.size ? one.size : next.size;
		int order = size ? memcmp(one.data, next.data, size) : 0;
		FUZZ_CHECK(order < 0 || (order == 0 && one.size < next.size), "not sorted");
	}
}

static void check_findings(const hj_source *source, const hj_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const hj_finding *finding = &findings->items[i];
		FUZZ_CHECK(finding->span.start <= finding->span.end &&
				finding->span.end <= source->size,
			"%s: span", finding->rule->name);
		FUZZ_CHECK(hj_utf8_valid(finding->message), "%s: text", finding->rule->name);
	}
}

static void check_world(const hj_inventory *inventory)
{
	static const char text[] =
		"{\"grants\": [{\"src\": [\"*\", \"tag:a\"], \"dst\": [\"*\"], \"ip\": [\"*\"]}],"
		"\"autoApprovers\": {\"routes\": {\"0.0.0.0/0\": [\"tag:a\"]}}}";
	hj_source *source = fuzz_source(text, sizeof text - 1);
	hj_document *document = fuzz_parse(source, 0);
	hj_policy policy;
	hj_world world;
	FUZZ_CHECK(!hj_policy_bind(document, NULL, &policy), "policy");
	FUZZ_CHECK(!hj_world_build(&policy, inventory, HJ_SLICE(""), NULL, &world), "world");
	FUZZ_CHECK(world.device_count == inventory->device_count, "devices are lost");
	hj_world_free(&world);
	hj_policy_free(&policy);
	hj_document_free(document);
	hj_source_free(source);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	hj_source *source = fuzz_source((const char *)data, size);
	hj_document *document = fuzz_parse(source, 0);
	hj_findings findings;
	hj_inventory inventory;
	hj_map taken;
	hj_findings_init(&findings, NULL);
	hj_map_init(&taken, NULL);
	FUZZ_CHECK(!hj_inventory_bind(document, NULL, &findings, &inventory), "inventory");
	for (uint32_t i = 0; i < inventory.device_count; i++)
		check_device(&inventory, i, &taken);
	for (uint32_t i = 0; i < inventory.service_count; i++)
		for (uint32_t k = 0; k < inventory.services[i].address_count; k++)
			check_address(&taken, &inventory.services[i].addresses[k],
				k && inventory.services[i].addresses[k - 1].v6);
	check_findings(source, &findings);
	check_world(&inventory);
	hj_map_free(&taken);
	hj_inventory_free(&inventory);
	hj_findings_free(&findings);
	hj_document_free(document);
	hj_source_free(source);
	return 0;
}
