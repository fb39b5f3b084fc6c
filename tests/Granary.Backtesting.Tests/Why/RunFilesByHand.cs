using System.Globalization;
using CsvHelper;

namespace Granary.Backtesting.Tests.Why;

/// <summary>The files of a run and of its bars, read and added up without the product's code.</summary>
internal sealed class RunFilesByHand(string run, string data)
{
    private readonly Dictionary<string, List<IDictionary<string, object>>> _files = [];

    public IReadOnlyList<IDictionary<string, object>> Rows(string file)
    {
        if (_files.TryGetValue(file, out var known)) return known;
        using var csv = new CsvReader(new StreamReader(Path.Combine(run, file)), CultureInfo.InvariantCulture);
        return _files[file] = [.. csv.GetRecords<dynamic>().Cast<IDictionary<string, object>>()];
    }

    public static double Number(IDictionary<string, object> row, string column) =>
        double.Parse((string)row[column], CultureInfo.InvariantCulture);

    public static DateTime Time(IDictionary<string, object> row, string column) => DateTime.Parse((string)row[column],
        CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);

    /// <summary>The bars of a symbol as its file has them: time, open, high, low, close, volume.</summary>
    public List<(DateTime Time, double Open, double High, double Low, double Close, double Volume)> Bars(string symbol) =>
        [.. File.ReadLines(Path.Combine(data, symbol + ".csv")).Skip(1).Select(line => line.Split(',')).Select(c =>
            (DateTime.Parse(c[0], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal), Of(c[1]), Of(c[2]), Of(c[3]), Of(c[4]),
                Of(c[5])))];

    private static double Of(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The trades of a strategy that are open after a bar.</summary>
    public List<IDictionary<string, object>> OpenAfter(string file, DateTime bar, string? strategy = null) =>
        [.. Rows(file).Where(t => (strategy is null || (string)t["strategy"] == strategy) && Time(t, "entry_time") <= bar
            && ((string)t["exit_reason"] == "open" || Time(t, "exit_time") > bar))];

    /// <summary>Cash and open positions of a strategy's own account, from its trades: what closed by then, and what was open.</summary>
    /// <param name="closeOf">The last close of a symbol.</param>
    public double EquityAfter(DateTime bar, string strategy, double start, double feePercent, Func<string, double> closeOf)
    {
        var equity = start;
        foreach (var trade in Rows("trades.csv").Where(t => (string)t["strategy"] == strategy))
            if ((string)trade["exit_reason"] != "open" && Time(trade, "exit_time") <= bar) equity += Number(trade, "pnl_net");
        foreach (var trade in OpenAfter("trades.csv", bar, strategy))
        {
            var (entry, quantity) = (Number(trade, "entry_price"), Number(trade, "quantity"));
            var sign = (string)trade["side"] == "long" ? 1 : -1;
            equity += sign * (closeOf((string)trade["symbol"]) - entry) * quantity - feePercent / 100 * entry * quantity;
        }
        return equity;
    }

    public static double Sma(IReadOnlyList<double> closes, int end, int count)
    {
        if (end < count - 1) return double.NaN;
        var sum = 0.0;
        for (var i = end - count + 1; i <= end; i++) sum += closes[i];
        return sum / count;
    }

    public static double Roc(IReadOnlyList<double> closes, int end, int count) =>
        end < count ? double.NaN : 100 * (closes[end] / closes[end - count] - 1);

    // Wilder's: the first averages are simple ones.
    public static double Rsi(IReadOnlyList<double> closes, int end, int count)
    {
        if (end < count) return double.NaN;
        double up = 0, down = 0;
        for (var i = 1; i <= end; i++)
        {
            var change = closes[i] - closes[i - 1];
            var (gain, loss) = (Math.Max(0, change), Math.Max(0, -change));
            if (i <= count) (up, down) = (up + gain / count, down + loss / count);
            else (up, down) = ((up * (count - 1) + gain) / count, (down * (count - 1) + loss) / count);
        }
        return down == 0 ? 100 : 100 - 100 / (1 + up / down);
    }

    /// <summary>+1 or −1 at a bar at which a line crosses another, else 0: the last sign of their difference counts.</summary>
    public static int Crossed(Func<int, double> difference, int at)
    {
        var now = Math.Sign(double.IsNaN(difference(at)) ? 0 : difference(at));
        if (now == 0) return 0;
        for (var i = at - 1; i >= 0; i--)
            if (!double.IsNaN(difference(i)) && difference(i) != 0) return Math.Sign(difference(i)) == now ? 0 : now;
        return 0;
    }
}
