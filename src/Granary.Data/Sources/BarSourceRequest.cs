using Granary.Data.Reading;

namespace Granary.Data.Sources;

/// <summary>What a bar source is opened for.</summary>
/// <param name="Address">As the user wrote it, scheme included: <c>csv:bars</c>.</param>
/// <param name="Options">How files are read; databases use <see cref="BarFileOptions.Adjust"/> alone.</param>
/// <param name="Folder">What a relative folder in the address is relative to; null for the current folder.</param>
public sealed record BarSourceRequest(string Address, BarFileOptions Options, string? Folder);
