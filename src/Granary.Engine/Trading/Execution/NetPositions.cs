using Granary.Engine.Numerics;

namespace Granary.Engine.Trading.Execution;

/// <summary>Net position of an account in each symbol, longs less shorts, as a venue keeps it.</summary>
internal sealed class NetPositions
{
    private readonly Dictionary<string, double> _bySymbol = new(StringComparer.Ordinal);
    // The largest position or fill of each symbol.
    private readonly Dictionary<string, double> _largest = new(StringComparer.Ordinal);

    /// <summary>Base units by symbol; negative is short. A closed symbol stays in the list with 0.</summary>
    public IReadOnlyDictionary<string, double> BySymbol => _bySymbol;

    /// <summary>The position in a symbol, base units; 0 if flat.</summary>
    public double Of(string symbol) => _bySymbol.GetValueOrDefault(symbol);

    /// <summary>The largest rounding error that sums of the symbol's fills can have, base units.</summary>
    public double RoundingOf(string symbol) => Tolerance.Quantity * _largest.GetValueOrDefault(symbol);

    /// <summary>Books a fill.</summary>
    /// <param name="quantity">Base units, positive.</param>
    public void Book(string symbol, Side side, double quantity)
    {
        var position = Of(symbol) + (int)side * quantity;
        // A remainder this small is a rounding error of the sum.
        _bySymbol[symbol] = Math.Abs(position) < Tolerance.Quantity * quantity ? 0 : position;
        _largest[symbol] = Math.Max(_largest.GetValueOrDefault(symbol), Math.Max(quantity, Math.Abs(position)));
    }

    /// <summary>Books a difference found in a comparison with the broker.</summary>
    /// <param name="difference">Change of the position, base units; negative if the broker holds less.</param>
    public void Adjust(string symbol, double difference) => _bySymbol[symbol] = Of(symbol) + difference;
}
