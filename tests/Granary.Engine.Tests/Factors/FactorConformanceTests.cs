using Granary.Engine.Factors;
using Granary.Engine.Market;

namespace Granary.Engine.Tests.Factors;

/// <summary>
/// What every factor of the catalogue owes. A new one is tested by being there; one whose parameters have no defaults names samples in
/// <see cref="Texts"/>.
/// </summary>
public class FactorConformanceTests
{
    private const int Count = 900;

    private static readonly SessionCalendar NewYork = SessionCalendar.NewYork();

    /// <summary>Each factor with its defaults and with parameters that do not fit a block, a lane or one another.</summary>
    public static TheoryData<string> Texts
    {
        get
        {
            string[] more =
            [
                "sma(1)", "sma(7)", "sma(257)", "ema(1)", "wma(1)", "wma(33)", "macd(5,3,2)", "macd(1,2,1)", "rsi(1)", "rsi(2)",
                "stochastic(1,1,1)", "stochastic(5,1,3)", "stochastic(9,4,1)",
                "williams(1)", "cci(5)", "roc(1)", "adx(2)", "aroon(1)", "atr(1)", "bollinger(2,1.5)", "bollinger(37,0.5)", "donchian(1)",
                "psar(0.1,0.1)", "slope(2)", "slope(41)", "stddev(2)",
                "zscore(3)", "mfi(1)", "highest(1)", "lowest(3)", "range(1)", "efficiency(1)", "return(5)", "volatility(2)",
                "opening-range(60)", "hma(2)", "hma(17)", "kama(1,2,3)", "stochastic-rsi(5,6,2,4)",
                "ultimate(3,2,1)", "tsi(3,2,2)", "tsi(2,9,1)", "awesome(9,4)", "keltner(5,1,20)", "supertrend(1,1)", "ichimoku(5,3,2)",
                "chandelier(1,1)", "choppiness(2)", "ulcer(1)", "vwap(session)", "vwap(week)", "vwap(month)",
                "vwap(start)", "vwap(2024-03-05)", "pivot-points(week,camarilla)", "pivot-points(month,demark)", "pivot-points(day,woodie)",
                "pivot-points(day,fibonacci)", "support-resistance(50,1,1)",
                "day-type(1)", "bars-since(week)", "bars-since(month)", "bars-since(high,7)", "bars-since(low,7)", "bars-since(rise)",
                "bars-since(fall)", "correlation(OTHER,20)", "correlation(OTHER,7,returns)", "beta(OTHER,9)",
                "return-of(OTHER)", "return-of(OTHER,5)", "excess-return(OTHER)", "excess-return(OTHER,20)", "ratio-zscore(OTHER)",
                "ratio-zscore(OTHER,3)", "return-of(OTHER,2)@1h",
                "skew(3)", "kurtosis(4)", "hurst(21)", "entropy(4,2)", "sma(3)@1h", "macd@15m", "correlation(OTHER,5)@1h", "atr(2)@4h",
                "column(SCORE)",
            ];
            var texts = new TheoryData<string>();
            foreach (var definition in FactorCatalogue.BuiltIn.All.Where(d =>
                d.Parameters.All(p => p.Default is not null))) texts.Add(definition.Name);
            foreach (var text in more) texts.Add(text);
            return texts;
        }
    }

    public static TheoryData<string> Names => [.. FactorCatalogue.BuiltIn.All.Select(d => d.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_is_described_and_its_names_can_be_written(string name)
    {
        FactorCatalogue.BuiltIn.TryGet(name, out var definition).ShouldBeTrue();
        name.ShouldMatch("^[a-z][a-z0-9]*(-[a-z0-9]+)*$");
        definition.Summary.ShouldNotBeEmpty();
        definition.Formula.ShouldNotBeEmpty();
        definition.Source.ShouldNotBeEmpty();
        definition.Range.ShouldNotBeEmpty();
        definition.Lines.Distinct(StringComparer.Ordinal).Count().ShouldBe(definition.Lines.Count);
        foreach (var line in definition.Lines.Where(l => l.Length > 0)) line.ShouldMatch("^[a-z][a-z0-9]*(-[a-z0-9]+)*$");
        foreach (var parameter in definition.Parameters.Where(p => p.IsNumber && p.Default is not null))
            Convert.ToDouble(parameter.Default).ShouldBeInRange(parameter.Minimum, parameter.Maximum);
        Texts.Select(t => FactorCatalogue.BuiltIn.Parse(t.Data).Request.Definition.Name)
            .ShouldContain(name, "every factor is among the samples");
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Its_text_reads_back_as_the_same_request_and_line(string text)
    {
        var (request, _) = FactorCatalogue.BuiltIn.Parse(text);
        for (var line = 0; line < request.Definition.Lines.Count; line++)
        {
            var written = request.Definition.Lines[line] is { Length: > 0 } named ? $"{request.Key}.{named}" : request.Key;
            FactorCatalogue.BuiltIn.Parse(written).ShouldBe((request, line));
        }
        FactorCatalogue.BuiltIn.Parse(request.Key).ShouldBe((request, 0));
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Shown_one_bar_at_a_time_or_in_runs_of_any_length_it_gives_the_same_bits(string text)
    {
        foreach (var (feed, other) in Feeds(text))
        {
            var whole = Run(text, feed, other, _ => Count);
            var single = Run(text, feed, other, _ => 1);
            var random = new Random(7);
            var mixed = Run(text, feed, other, _ => random.Next(1, 70));
            ShouldBeSame(single, whole, Count);
            ShouldBeSame(mixed, whole, Count);
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void It_is_warm_exactly_when_it_says(string text)
    {
        var (request, _) = FactorCatalogue.BuiltIn.Parse(text);
        // Short bars that make up a long one are not always as many; how late a value may come is still a promise.
        var atMost = request.Timeframe is not null;
        foreach (var (feed, other) in Feeds(text))
        {
            var kernel = request.CreateKernel(feed.Series);
            var lines = Run(text, feed, other, _ => Count);
            for (var line = 0; line < lines.Length; line++)
            {
                var warmUp = kernel.WarmUpOf(line);
                warmUp.ShouldBeGreaterThan(0);
                var first = Array.FindIndex(lines[line], v => !double.IsNaN(v)) + 1;
                if (atMost)
                {
                    first.ShouldBeLessThanOrEqualTo(warmUp);
                    continue;
                }
                if (first > 0) first.ShouldBeGreaterThanOrEqualTo(warmUp,
                    $"line {line} of {text} has a value at bar {first} though it declares {warmUp}");
                if (request.Definition.Undefined.Length > 0) continue;
                first.ShouldBe(warmUp, $"line {line} of {text}");
                Array.FindIndex(lines[line], warmUp - 1, v => !double.IsFinite(v)).ShouldBe(-1, $"line {line} of {text} is always defined");
            }
            kernel.WarmUp.ShouldBe(kernel.WarmUpOf(0));
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void It_allocates_nothing_once_it_is_warm(string text)
    {
        foreach (var (feed, other) in Feeds(text))
        {
            // The runtime may allocate on this thread while it compiles a method again: the least of some attempts is the kernel's own.
            var least = long.MaxValue;
            for (var attempt = 0; attempt < 5 && least > 0; attempt++) least = Math.Min(least, Allocated(text, feed, other));
            least.ShouldBe(0);
        }
    }

    private static long Allocated(string text, SampleBars.Feed feed, double[] other)
    {
        var (request, _) = FactorCatalogue.BuiltIn.Parse(text);
        var kernel = request.CreateKernel(feed.Series);
        var lines = Lines(request);
        var block = feed.Blocks().Single();
        double[][] references = [.. kernel.ReferenceSymbols.Select(_ => other)];
        kernel.Process(new FactorInput(block, 0, Count / 2, references), new FactorOutput(lines, 0, Count / 2));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = Count / 2; i < Count; i++) kernel.Process(new FactorInput(block, i, 1, references), new FactorOutput(lines, i, 1));
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void Where_the_market_moves_and_trades_it_is_undefined_for_no_longer_than_it_says(string text)
    {
        var (request, _) = FactorCatalogue.BuiltIn.Parse(text);
        // What waits for an event of its own (a session's end, a turn) cannot be held to a count.
        if (!request.Definition.Undefined.Contains("while", StringComparison.Ordinal) || request.Timeframe is not null) return;
        if (request.Definition.Name is "supertrend" or "bars-since" or "day-type") return;
        var feed = SampleBars.Random(23, Count, Timeframe.M5, decimals: -1, lively: true);
        double[] other = [.. SampleBars.Random(29, Count, Timeframe.M5, lively: true).Bars.Select(b => b.Close)];
        var lines = Run(text, feed, other, _ => Count);
        var kernel = request.CreateKernel(feed.Series);
        for (var line = 0; line < lines.Length; line++)
        {
            (Array.FindIndex(lines[line], v => !double.IsNaN(v)) + 1).ShouldBe(kernel.WarmUpOf(line));
            Array.FindIndex(lines[line], kernel.WarmUpOf(line) - 1, v => !double.IsFinite(v)).ShouldBe(-1);
        }
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public void A_perturbed_future_changes_no_earlier_value(string text)
    {
        foreach (var (feed, other) in Feeds(text))
        {
            var whole = Run(text, feed, other, _ => 64);
            foreach (var cut in new[] { 1, 63, 64, 65, 400, Count - 1 })
            {
                var bars = feed.Bars.ToArray();
                var crashing = other.ToArray();
                for (var i = cut; i < Count; i++)
                {
                    bars[i] = new Bar(bars[i].Time, 1e6, 2e6, 1e-3, 5e5, 1e12);
                    crashing[i] = -1e9;
                }
                ShouldBeSame(Run(text, feed with { Bars = bars }, crashing, _ => 64), whole, cut);
            }
        }
    }

    // Minutes around the clock in ticks and in doubles, and minutes of a market with sessions and daylight saving (which begins on 10 March
    // 2024).
    private static IEnumerable<(SampleBars.Feed Feed, double[] Other)> Feeds(string text)
    {
        var seed = 17;
        foreach (var (timeframe, decimals, calendar) in new[] { (Timeframe.M5, 2, SessionCalendar.Continuous), (Timeframe.M5, -1, NewYork),
            (Timeframe.M15, 5, NewYork) })
        {
            if (text.Contains("@15m", StringComparison.Ordinal) && timeframe == Timeframe.M15) continue;
            var feed = SampleBars.Random(seed++, Count, timeframe, decimals, calendar);
            if (text.StartsWith("column", StringComparison.Ordinal)) feed = feed with { Bars = [.. feed.Bars.Select(WithScore)] };
            yield return (feed,
                [.. SampleBars.Random(seed++, Count, timeframe, decimals).Bars.Select((b, i) => i < 3 ? double.NaN : b.Close)]);
        }
    }

    private static Bar WithScore(Bar bar, int i) =>
        bar with { Further = new FurtherValues(["SCORE"], [i % 11 == 5 ? double.NaN : bar.Close - bar.Open]) };

    private static double[][] Lines(FactorRequest request) => [.. request.Definition.Lines.Select(_ => new double[Count])];

    private static double[][] Run(string text, SampleBars.Feed feed, double[] other, Func<int, int> length)
    {
        var (request, _) = FactorCatalogue.BuiltIn.Parse(text);
        var kernel = request.CreateKernel(feed.Series);
        var lines = Lines(request);
        foreach (var line in lines) line.AsSpan().Fill(-12345.678);
        var block = feed.Blocks().Single();
        double[][] references = [.. kernel.ReferenceSymbols.Select(_ => other)];
        for (var i = 0; i < Count;)
        {
            var n = Math.Min(length(i), Count - i);
            kernel.Process(new FactorInput(block, i, n, references), new FactorOutput(lines, i, n));
            i += n;
        }
        return lines;
    }

    private static void ShouldBeSame(double[][] ours, double[][] expected, int count)
    {
        for (var line = 0; line < expected.Length; line++)
            for (var i = 0; i < count; i++)
                if (BitConverter.DoubleToInt64Bits(ours[line][i]) != BitConverter.DoubleToInt64Bits(expected[line][i])
                    && !(double.IsNaN(ours[line][i]) && double.IsNaN(expected[line][i])))
                    Assert.Fail($"line {line}, bar {i}: {ours[line][i]:R} instead of {expected[line][i]:R}");
    }
}
