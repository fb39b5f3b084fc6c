using System.Text.Json.Serialization;

namespace Granary;

/// <summary>The place of the funding rates of perpetual futures: a file or a store of all symbols, or one for each symbol.</summary>
[JsonConverter(typeof(GivenFundingJson))]
public sealed class GivenFunding
{
    internal string? Address { get; private init; }

    internal IReadOnlyDictionary<string, string>? BySymbol { get; private init; }

    /// <summary>A file or a store of all symbols.</summary>
    public static implicit operator GivenFunding(string address) => new() { Address = address };

    /// <summary>Files or stores by symbol.</summary>
    public static implicit operator GivenFunding(Dictionary<string, string> addresses) => new() { BySymbol = addresses };
}
