using Granary.Data.Reading;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>Request to open a bar source.</summary>
/// <param name="Address">Address of the source; <see cref="Address.Path"/> is the folder of <c>csv:bars</c>.</param>
/// <param name="Options">Options for reading files; databases use <see cref="BarFileOptions.Adjust"/> alone.</param>
public sealed record BarSourceRequest(Address Address, BarFileOptions Options);
