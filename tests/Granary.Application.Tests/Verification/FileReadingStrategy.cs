using System.Collections.Frozen;
using System.Globalization;
using Granary.Engine.Factors;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;

namespace Granary.Application.Tests.Verification;

/// <summary>Reads tomorrow's close out of the file itself.</summary>
[Strategy("Reads the file of the bars; only for tests.")]
public sealed class FileReadingStrategy : Strategy
{
    private readonly Dictionary<DateTime, double> _next = [];

    public FileReadingStrategy(string file = "")
    {
        if (file.Length == 0) return;
        string[][] rows = [.. File.ReadLines(file).Skip(1).Select(l => l.Split(','))];
        for (var i = 0; i + 1 < rows.Length; i++)
            if (DateTime.TryParse(rows[i][0], CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                _next[time] = double.Parse(rows[i + 1][4], CultureInfo.InvariantCulture);
    }

    public override void OnBar(StrategyContext bar)
    {
        if (_next.GetValueOrDefault(bar.Time) > bar.Close) bar.Go(Side.Buy);
        else bar.Exit();
    }
}
