/*
 * hujson compile as a program that memory fails; what it answers is in testdata/cli/compile.jsonl.
 */
#include "testdata/support/failing.h"
#include "testdata/support/program.h"

#include <criterion/criterion.h>

Test(compile_command, out_of_memory_ends_in_trouble_and_leaks_nothing)
{
	static const char policy[] =
		"{\"acls\": [{\"action\": \"accept\", \"src\": [\"a@b.c\"], \"dst\": [\"*:*\"]}], "
		"\"tests\": [{\"src\": \"a@b.c\", \"accept\": [\"a@b.c:1\"]}]}";
	static const char inventory[] = "{\"devices\": [{\"name\": \"x\", \"addresses\": "
					"[\"100.64.0.1\"], \"user\": \"a@b.c\"}]}";
	static const hj_slice answer =
		HJ_SLICE("{\n  \"nodes\": {\n    \"x\": {\n      \"packet_filter_rules\": [\n"
			 "        {\"SrcIPs\": [\"100.64.0.1\"], \"DstPorts\": [{\"IP\": \"*\", "
			 "\"Ports\": {\"First\": 0, \"Last\": 65535}}]}\n      ],\n"
			 "      \"ssh_rules\": [],\n      \"cap_map\": {}\n    }\n  }\n}\n");
	program_folder();
	program_file("i.hujson", hj_slice_str(inventory));
	for (size_t n = 0;; n++) {
		failing_state state = {.fail_at = n};
		hj_allocator allocator = failing_allocator(&state);
		struct program run = {.input = hj_slice_str(policy), .allocator = &allocator};
		program_run(&run, "hujson", "compile", "--no-config", "-i", "i.hujson", NULL);
		/* A stream without memory writes at once, and that is no trouble. */
		cr_expect(run.status == EXIT_TROUBLE ||
				hj_slice_equal(hj_text_slice(&run.out), answer),
			"allocation %zu: %d", n, run.status);
		program_free(&run);
		cr_assert_eq(state.blocks, 0, "allocation %zu", n);
		if (!state.failed) {
			cr_expect_eq(run.status, EXIT_CLEAN);
			break;
		}
	}
	program_leave();
}
