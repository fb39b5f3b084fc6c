using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Granary.Modelling.Experiments;

/// <summary>What a fit learns from, and what it predicts.</summary>
/// <param name="Train">Rows of the unit's table, rising.</param>
/// <param name="Test">Rows, rising.</param>
/// <param name="Signals">Numbers of the unit's signals that fall into the test.</param>
public sealed record SearchFold(int[] Train, int[] Test, int[] Signals)
{
    private string? _text;

    /// <summary>Hashes of its rows and of the bars and sides of its signals, as a part of a key.</summary>
    /// <param name="signals">Those of its unit.</param>
    public string Text(IReadOnlyList<SearchSignal> signals) => _text ??= $"{HashOf(Train)} {HashOf(Test)} "
        + HashOf(Array.ConvertAll(Signals, s => signals[s].Bar * 2 + (signals[s].Trade.Trade.Side > 0 ? 1 : 0)));

    private static string HashOf(int[] numbers) =>
        Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(numbers.AsSpan())).AsSpan(0, 16));
}
