using Granary.Engine.Market;
using Granary.Simulation.Tables;

namespace Granary.Trading.Track;

/// <summary>Converts a panel of prices to returns.</summary>
internal static class PricePanel
{
    // About half of all returns are not positive, but no valid prices.
    private const double MostNotPositive = 0.1;

    /// <summary>Whether the values of a panel are probably prices.</summary>
    public static bool AreLikely(TimeTable table) =>
        table.Columns.Sum(c => c.Count(v => v <= 0)) < MostNotPositive * table.Columns.Length * table.Times.Length;

    /// <summary>Returns simple returns from row to row, and the end time of each.</summary>
    /// <exception cref="BarDataException">A price is not positive.</exception>
    public static (double[][] Returns, long[] Times) ReturnsOf(TimeTable table)
    {
        for (var c = 0; c < table.Columns.Length; c++)
            if (Array.FindIndex(table.Columns[c], v => v <= 0) is >= 0 and var row)
                throw table.Fault(row, table.Names[c], "a price is not positive", "correct it, or give --returns for a panel of returns");
        return (Array.ConvertAll(table.Columns, prices =>
        {
            var returns = new double[prices.Length - 1];
            for (var i = 0; i < returns.Length; i++) returns[i] = prices[i + 1] / prices[i] - 1;
            return returns;
        }), table.Times[1..]);
    }

    /// <summary>Returns the note about the detected kind of values.</summary>
    public static string Note(string file, bool arePrices) => arePrices
        ? $"{Path.GetFileName(file)} was taken for prices, since nearly all values are positive; give --returns if they are returns."
        : $"{Path.GetFileName(file)} was taken for returns, since many values are not positive; give --prices if they are prices.";
}
