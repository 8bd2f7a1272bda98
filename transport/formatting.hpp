#pragma once

#include <spdlog/spdlog.h>

// g++ 12 compiles fmt's whole formatter again in every file that logs: 3.5 s each. This declaration
// says that formatting.cpp has it already. It is part of the precompiled headers; a file that does
// not see it is right as well, and slow.
#if FMT_VERSION / 10000 == 9
extern template void fmt::detail::vformat_to<char>(fmt::detail::buffer<char>&, fmt::string_view,
                                                   fmt::basic_format_args<fmt::format_context>,
                                                   fmt::detail::locale_ref);
#endif
