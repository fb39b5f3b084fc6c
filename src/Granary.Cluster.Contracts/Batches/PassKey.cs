using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Granary.Engine.Trading;

namespace Granary.Cluster.Batches;

/// <summary>
/// Identifies the computation of a pass: passes with one key give the same results for each strategy.
/// </summary>
[GenerateSerializer, Immutable, Alias("granary.PassKey")]
internal readonly record struct PassKey
{
    [Id(0)]
    private readonly string? _text;

    /// <param name="text">Text that <see cref="ToString"/> returned.</param>
    public PassKey(string text) => _text = text;

    /// <param name="costs">The costs that orders pay.</param>
    /// <param name="changes">Changes of the bars; empty for unchanged bars.</param>
    /// <param name="models">
    /// The bytes of each model and its strategies; a repeated pass after a loss has models of the same content.
    /// </param>
    public static PassKey Of(bool withEvents, bool withFactors, CostCase costs, string changes,
        IReadOnlyList<(byte[] Bytes, int[] Strategies)> models)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (bytes, strategies) in models)
        {
            hash.AppendData(SHA256.HashData(bytes));
            hash.AppendData(MemoryMarshal.AsBytes(strategies.AsSpan()));
        }
        var content = models.Count > 0 ? "-" + Convert.ToHexStringLower(hash.GetHashAndReset())[..16] : "";
        return new PassKey((withEvents ? "e" : "r") + (withFactors ? "f" : "")
            + costs switch { CostCase.Stressed => "s", CostCase.Upper => "u", _ => "" }
            + (changes.Length > 0 ? "?" + changes : "") + content);
    }

    public override string ToString() => _text ?? "";
}
