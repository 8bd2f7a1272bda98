// Asio's own functions, compiled once for the whole program: everyone else defines
// BOOST_ASIO_SEPARATE_COMPILATION and sees declarations only.
#include <boost/asio/impl/src.hpp>
