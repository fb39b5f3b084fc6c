using System.Globalization;
using System.IO;

[Strategy("Buys when the next close in the file is higher.")]
public sealed class Peek(string file = "") : Strategy
{
    private readonly Dictionary<DateTime, double> _next = Next(file);

    public override void OnBar(StrategyContext bar)
    {
        if (_next.GetValueOrDefault(bar.Time.Date) > bar.Close) bar.Go(Side.Buy);
        else bar.Exit();
    }

    private static Dictionary<DateTime, double> Next(string file)
    {
        if (file.Length == 0) return [];
        var rows = File.ReadLines(file).Skip(1).Select(line => line.Split(',')).ToList();
        return rows.Zip(rows.Skip(1)).ToDictionary(
            r => DateTime.Parse(r.First[0], CultureInfo.InvariantCulture), r => double.Parse(r.Second[4], CultureInfo.InvariantCulture));
    }
}
