using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Granary.Modelling.Experiments;

/// <summary>Training rows, test rows and test signals of one fit.</summary>
/// <param name="Train">Row indices in the unit's table, ascending.</param>
/// <param name="Test">Row indices in the unit's table, ascending.</param>
/// <param name="Signals">Indices of the unit's signals within the test period.</param>
internal sealed record SearchFold(int[] Train, int[] Test, int[] Signals)
{
    private string? _text;

    /// <summary>Returns a part of the cache key: hashes of the rows, and of the bars and sides of the signals.</summary>
    /// <param name="signals">All signals of the unit.</param>
    public string Text(IReadOnlyList<SearchSignal> signals) => _text ??= $"{HashOf(Train)} {HashOf(Test)} "
        + HashOf(Array.ConvertAll(Signals, s => signals[s].Bar * 2 + (signals[s].Trade.Trade.Side > 0 ? 1 : 0)));

    private static string HashOf(int[] numbers) =>
        Convert.ToHexString(SHA256.HashData(MemoryMarshal.AsBytes(numbers.AsSpan())).AsSpan(0, 16));
}
