// Other parsers behind one function; see format_bench_peers.h.
#include "format/format_bench_peers.h"

#include <memory>
#include <string>

// Compiled twice: once with PEER_SSE2 for rapidjson alone, with the vector code that its users have
// to ask for, in a namespace of its own.
#if __has_include(<rapidjson/document.h>)
#define HAVE_RAPIDJSON 1
#ifdef PEER_SSE2
#define RAPIDJSON_SSE2
#define RAPIDJSON_NAMESPACE rapidjson_sse2
#define RAPIDJSON_NAMESPACE_BEGIN                                                                  \
	namespace rapidjson_sse2                                                                   \
	{
#define RAPIDJSON_NAMESPACE_END }
namespace rapidjson_sse2
{
}
namespace rapidjson = rapidjson_sse2;
#define parse_rapidjson parse_rapidjson_sse2
#endif
#include <rapidjson/document.h>
bool parse_rapidjson_sse2(const char *data, size_t size);
#ifndef PEER_SSE2
static
#endif
	bool
	parse_rapidjson(const char *data, size_t size)
{
	rapidjson::Document document;
	document.Parse<rapidjson::kParseCommentsFlag | rapidjson::kParseTrailingCommasFlag>(
		data, size);
	return !document.HasParseError();
}
#endif

#ifndef PEER_SSE2
#if __has_include(<json/json.h>)
#define HAVE_JSONCPP 1
#include <json/json.h>
static bool parse_jsoncpp(const char *data, size_t size)
{
	static Json::CharReaderBuilder builder = [] {
		Json::CharReaderBuilder b;
		b["collectComments"] = true;
		b["allowComments"] = true;
		b["allowTrailingCommas"] = true;
		return b;
	}();
	std::unique_ptr<Json::CharReader> reader(builder.newCharReader());
	Json::Value root;
	std::string errors;
	return reader->parse(data, data + size, &root, &errors);
}
#endif

#if __has_include(<simdjson.h>)
#define HAVE_SIMDJSON 1
#include <simdjson.h>
static bool parse_simdjson(const char *data, size_t size)
{
	// A parser of its own each time: its buffers are part of the tree.
	simdjson::dom::parser parser;
	simdjson::dom::element root;
	return parser.parse(data, size).get(root) == simdjson::SUCCESS;
}
#endif

#if __has_include(<yajl/yajl_parse.h>)
#define HAVE_YAJL 1
#include <yajl/yajl_parse.h>
static bool parse_yajl(const char *data, size_t size)
{
	yajl_handle handle = yajl_alloc(nullptr, nullptr, nullptr);
	yajl_config(handle, yajl_allow_comments, 1);
	bool good = yajl_parse(handle, reinterpret_cast<const unsigned char *>(data), size) ==
			yajl_status_ok &&
		yajl_complete_parse(handle) == yajl_status_ok;
	yajl_free(handle);
	return good;
}
#endif

extern "C" {
const struct peer peers[] = {
#ifdef HAVE_RAPIDJSON
	{"rapidjson", true, parse_rapidjson},
	{"rapidjson SSE2", true, parse_rapidjson_sse2},
#endif
#ifdef HAVE_JSONCPP
	{"jsoncpp", true, parse_jsoncpp},
#endif
#ifdef HAVE_SIMDJSON
	{"simdjson", false, parse_simdjson},
#endif
#ifdef HAVE_YAJL
	{"yajl (no tree)", false, parse_yajl},
#endif
	{nullptr, false, nullptr},
};

const char *const peers_absent[] = {
#ifndef HAVE_RAPIDJSON
	"rapidjson (rapidjson-dev)",
#endif
#ifndef HAVE_JSONCPP
	"jsoncpp (libjsoncpp-dev)",
#endif
#ifndef HAVE_SIMDJSON
	"simdjson (libsimdjson-dev)",
#endif
#ifndef HAVE_YAJL
	"yajl (libyajl-dev)",
#endif
	nullptr,
};
}
#endif
