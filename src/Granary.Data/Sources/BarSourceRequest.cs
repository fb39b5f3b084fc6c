using Granary.Data.Reading;
using Granary.Storage.Addresses;

namespace Granary.Data.Sources;

/// <summary>What a bar source is opened for.</summary>
/// <param name="Address">Where it is; <see cref="Address.Path"/> is the folder of <c>csv:bars</c>.</param>
/// <param name="Options">How files are read; databases use <see cref="BarFileOptions.Adjust"/> alone.</param>
public sealed record BarSourceRequest(Address Address, BarFileOptions Options);
