using System.Text.Json;
using Granary.Reporting.Runs;

namespace Granary.Reporting.Tests.Synthetic;

/// <summary>Sections of results.json at the size that real runs have, drawn at random, the same for a seed.</summary>
public static class SyntheticSections
{
    private static readonly DateTime _start = new(1998, 1, 3, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>Choices of three groups over yearly windows; the first group chose nothing in its first two.</summary>
    internal static WalkForwardResults WalkForward(int windows = 18)
    {
        var random = new Random(1);
        var groups = ((string[])["SmaCross@NVDA:1d", "SmaCross@ORCL:1d", "DonchianBreakout@YHOO:1d"]).Select((name, g) => new
        {
            group = name,
            combinations = 6,
            outOfSampleReturn = 27.9478 - 14 * g,
            stability = 0.7 - 0.2 * g,
            choices = Enumerable.Range(0, windows).Select(w => Choice(random, name, w, isEmpty: g == 0 && w < 2)),
        });
        return Read<WalkForwardResults>(new
        {
            mode = "rolling",
            objective = "sharpe",
            inSample = "3y",
            outOfSample = "1y",
            inSampleDays = 1095.75,
            outOfSampleDays = 365.25,
            windows,
            efficiencyRatio = 0.155,
            groups,
        });
    }

    /// <summary>Models that gate, size and stop trades, each with its windows, calibration, features and equity.</summary>
    internal static LearningReport Learning(int units = 6, int windows = 8)
    {
        var random = new Random(2);
        var times = Enumerable.Range(0, 120).Select(i => _start.AddDays(3 * i)).ToArray();
        return Read<LearningReport>(new
        {
            units = Enumerable.Range(0, units).Select(u => Unit(random, u, windows, times)),
            problems = (string[])["FLAT:1d: it has closed no trade; the strategy goes on without a model."],
            equity = Equity(random, times),
        });
    }

    /// <summary>Machines over the closes of two markets; the states of the slower ones begin later.</summary>
    internal static RegimeResults Regimes(int bars = 300)
    {
        var random = new Random(3);
        (string Name, string[] States, int First)[] machines =
        [
            ("short", ["bearish", "neutral", "bullish"], 0), ("long", ["bearish", "neutral", "bullish"], 20),
            ("noise", ["calm", "normal", "wild"], 5), ("hidden", ["down", "up"], 60), ("together", ["go", "wait"], 60),
        ];
        var charts = ((string[])["NVDA", "ORCL"]).Select(symbol =>
        {
            var price = 2.0;
            return new
            {
                symbol,
                timeframe = "1d",
                time = Enumerable.Range(0, bars).Select(i => _start.AddDays(7 * i).Ticks),
                close = Enumerable.Range(0, bars).Select(_ => price *= 1.008 + 0.05 * (random.NextDouble() - 0.5)).ToArray(),
                machines = machines.Select(m => Machine(random, m.Name, m.States, m.First, bars)),
                agreement = machines.Zip(machines.Skip(1), (a, b) => new { first = a.Name, second = b.Name, adjustedRand = 0.05 }),
            };
        });
        return Read<RegimeResults>(new { markets = 2, charts });
    }

    /// <summary>The checks of a batch with their sentences and figures, and the bridge to them.</summary>
    /// <returns>The figures of the checks, and their outcomes.</returns>
    internal static (ValidationFigures Checks, ValidationChecks Outcomes) Validation()
    {
        string[] figures = ["Portfolio", "Portfolio, by weeks", "Portfolio, unseen stretch only", "Its strategies on paper, same stretch",
            "Out of sample", "Its strategies, each in an account of its own", "Under stress"];
        var checks = new ValidationFigures
        {
            Conclusions = ["2 of the 6 checks did not pass: these results should not be traded as they are.",
                "On bars that the choice had not seen, from 2005-07-04 to 2016-01-04, the result is 1,267.4 %."],
            Period = "weeks",
            Trials = 1002,
            NewTrials = 27,
            EffectiveTrials = 8.4,
            Sharpe = 0.101,
            ExpectedMaximum = 0.045,
            WinnersOfNothing = 0.264,
            DeflatedSharpe = 0.975,
            RawDeflatedSharpe = 0.963,
            ProbabilityOfOverfitting = 0.674,
            ProbabilityOfLoss = 0.061,
            MinimumTrackRecord = 1284.2,
            RealityCheck = 0.723,
            SuperiorPredictiveAbility = 0.716,
            MeanBlock = 1.3,
            Logits = [.. Enumerable.Range(0, 24).Select(i => (int)(3000 * Math.Exp(-0.05 * (i - 11) * (i - 11))))],
            Bridge = [.. figures.Select((name, i) => new BridgeRow(name,
                "the mean of the weighted strategies' own accounts, with this run's weights, without shared cash", 26.24 - 3 * i,
                i < 5 ? 0.74 : double.NaN, i is > 0 and < 5 ? new DateTime(2005, 7, 4).Ticks : null,
                i is > 0 and < 5 ? new DateTime(2016, 1, 4).Ticks : null))],
        };
        const string Found = "1,267.8 % instead of 1,673.1 % from 2005-07-04 to 2016-01-04: the rule 'equal', followed on paper over the "
            + "second half of the record";
        return (checks, new ValidationChecks(((string[])[.. ValidationChecks.Checks, ValidationChecks.Benchmark]).ToDictionary(c => c,
            c => new ValidationCheck(
            c == ValidationChecks.DeflatedSharpe ? ValidationState.Failed : ValidationState.Passed, Found, []), StringComparer.Ordinal)));
    }

    /// <summary>The account of a live session beside the backtest, with the trades that differ.</summary>
    internal static SessionResults Session() => Read<SessionResults>(new
    {
        account = 4311846.21,
        model = 4307812.78,
        cash = 344143.24,
        fees = 230575.87,
        orders = 1827,
        fills = 1826,
        rejected = 0,
        unknown = 0,
        openTrades = 17,
        backtest = 4307812.78,
        sameDecisions = true,
        sentence = "account 4,311,846.21, a backtest of the same bars 4,307,812.78: +4,033.43 by missed fill +4,249.22, fill price -215.79",
        causes = new object[] { new { cause = "missed fill", amount = 4249.22 }, new { cause = "fill price", amount = -215.79 } },
        trades = Enumerable.Range(0, 20).Select(i => new
        {
            strategy = $"SmaCross(fast={5 + i},slow=100)@NVDA:1d:long",
            symbol = "NVDA",
            entry = _start.AddDays(40 * i),
            amount = 4043.83 / (1 + i * i) * (i % 2 == 0 ? 1 : -1),
            cause = i % 2 == 0 ? "missed fill" : "fill price",
            why = i == 0 ? "the venue refused it" : "",
        }),
    });

    private static T Read<T>(object section) where T : ResultSection => ResultSection.Read<T>(JsonSerializer.Serialize(section));

    private static object Choice(Random random, string group, int window, bool isEmpty)
    {
        var (fast, slow, sharpe) = (5 * random.Next(1, 4), 50 * random.Next(1, 3), 2 * random.NextDouble() - 0.5);
        return new
        {
            from = _start.AddYears(window - 3),
            chosenAt = _start.AddYears(window),
            to = _start.AddYears(window + 1),
            strategy = isEmpty ? null : group,
            @params = new { fast, slow },
            objective = isEmpty ? (double?)null : sharpe + 1,
            outOfSampleObjective = isEmpty ? (double?)null : sharpe,
            inSampleReturn = isEmpty ? (double?)null : 1 + sharpe,
            outOfSampleReturn = isEmpty ? 0 : sharpe / 2,
            trades = isEmpty ? 0 : 7,
        };
    }

    private static object Unit(Random random, int unit, int windows, DateTime[] times)
    {
        var (market, auc) = (unit % 2 == 0 ? "ACME" : "BOLT", 0.45 + 0.1 * random.NextDouble());
        var strategy = $"RsiReversion(period=7,low={20 + 5 * unit},high=70)@{market}:1h";
        return new
        {
            name = $"size-{unit}",
            section = "",
            version = $"size-RsiReversion_period_7_low_{20 + 5 * unit}_high_70__{market}-928b{unit}dd4:{unit + 1}",
            data = unit % 3 == 0 ? $"{market}:1h" : strategy,
            trainer = unit % 3 == 0 ? "gradient-boosting" : "logistic",
            label = unit % 3 == 0 ? "direction(5)" : "trade",
            rule = "size",
            samples = 2664,
            inSample = new { auc = 0.788, samples = 2664 },
            outOfSample = new { auc, samples = 1664 },
            trainTestGap = 0.788 - auc,
            windows = Enumerable.Range(0, windows).Select(w => new
            {
                trainFrom = _start,
                trainTo = _start.AddDays(45 * (w + 1)),
                testFrom = _start.AddDays(45 * (w + 1)),
                testTo = _start.AddDays(45 * (w + 2)),
                trainSamples = 250 * (w + 1),
                testSamples = 250,
                inSample = new { auc = 0.8 },
                outOfSample = new { auc },
                reused = w == 0,
            }),
            calibration = Enumerable.Range(2, 6).Select(i => new
            {
                from = i / 10.0,
                to = (i + 1) / 10.0,
                count = 36 * i,
                predicted = i / 10.0 + 0.05,
                observed = 0.5,
            }),
            importance = ((string[])["volatility(20)", "macd(12,26,9).histogram/close", "return(5)", "sma(20)/close", "rsi(14)"])
                .Select((feature, i) => new { feature, permutation = 0.024 - 0.008 * i, gain = 0.2 }),
            strategies = new[] { new { strategy, trades = 53, taken = 16, winRateWithout = 0.264, winRateWith = 0.25,
                returnWithout = 0.018, returnWith = -0.041 } },
            equity = Equity(random, times),
        };
    }

    private static IEnumerable<object> Equity(Random random, DateTime[] times)
    {
        var (with, without) = (0.0, 0.0);
        return [.. times.Select(time => new { time, with = with += 0.1 * (random.NextDouble() - 0.5),
            without = without += 0.1 * (random.NextDouble() - 0.55) })];
    }

    private static object Machine(Random random, string name, string[] names, int first, int bars)
    {
        var state = 0;
        return new
        {
            name,
            names,
            states = Enumerable.Range(0, bars)
                .Select(i => i < first ? -1 : random.Next(12) == 0 ? state = random.Next(names.Length) : state).ToArray(),
            statistics = names.Select(n => new
            {
                state = n,
                share = 1.0 / names.Length,
                spells = 86,
                meanSpell = 126.1,
                nextReturn = -0.00141,
                nextDeviation = 0.04639,
                to = names.Select(_ => 1.0 / names.Length),
            }),
        };
    }
}
