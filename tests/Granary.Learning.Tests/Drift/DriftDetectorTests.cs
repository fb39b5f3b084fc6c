using Granary.Engine;
using Granary.Engine.Numerics;
using Granary.Learning.Drift;
using Granary.Testing;

namespace Granary.Learning.Tests.Drift;

public sealed class DriftDetectorTests
{
    private static IDriftDetector Create(string name, params (string Name, string Value)[] parameters) =>
        DriftDetectorCatalogue.BuiltIn.Create(name, parameters.ToDictionary(p => p.Name, p => p.Value));

    // Streams of Python's random.Random in the examples and tests of river (docs of 0.21 and 0.26), one digit for each value.
    private static double[] Stream(string file) =>
        [.. File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "drift", file)).TrimEnd()
            .Select(c => (double)(c - '0'))];

    private static List<int> Rows(IDriftDetector detector, double[] values, DriftSignal signal) =>
        [.. Enumerable.Range(0, values.Length).Where(i => detector.Add(values[i]) == signal)];

    [Theory]
    [InlineData("adwin", "levels.txt", new[] { 1023 })]
    [InlineData("adwin", "four-levels.txt", new[] { 1023, 2015, 3007 })]
    [InlineData("page-hinkley", "levels.txt", new[] { 1006 })]
    [InlineData("ddm", "errors.txt", new[] { 1334 })]
    public void Detectors_report_the_rows_that_river_documents(string name, string file, int[] rows) =>
        Rows(Create(name), Stream(file), DriftSignal.Drift).ShouldBe(rows);

    [Fact]
    public void Kswin_draws_the_samples_that_river_draws() =>
        Rows(Create("kswin", ("alpha", "0.0001"), ("seed", "42")), Stream("levels.txt"), DriftSignal.Drift).ShouldBe([1016]);

    [Fact]
    public void Ddm_warns_first_at_the_rows_that_river_documents()
    {
        var (detector, warnings, drifts) = (Create("ddm"), new List<int>(), new List<int>());
        var values = Stream("errors.txt");
        var print = true;
        for (var i = 0; i < values.Length; i++)
        {
            var signal = detector.Add(values[i]);
            if (signal == DriftSignal.Warning && print)
            {
                warnings.Add(i);
                print = false;
            }
            if (signal != DriftSignal.Drift) continue;
            drifts.Add(i);
            print = true;
        }
        warnings.ShouldBe([1084, 1492]);
        drifts.ShouldBe([1334]);
    }

    [Fact]
    public void Page_hinkley_reports_the_direction_that_it_is_asked_for()
    {
        double[] rise = [.. Enumerable.Repeat(0.0, 200), .. Enumerable.Repeat(1.0, 200)];
        double[] fall = [.. Enumerable.Repeat(1.0, 200), .. Enumerable.Repeat(0.0, 200)];
        foreach (var (mode, up, down) in new[] { ("up", true, false), ("down", false, true), ("both", true, true) })
        {
            Rows(Create("page-hinkley", ("mode", mode)), rise, DriftSignal.Drift).Any(r => r >= 200).ShouldBe(up, mode);
            Rows(Create("page-hinkley", ("mode", mode)), fall, DriftSignal.Drift).Any(r => r >= 200).ShouldBe(down, mode);
        }
    }

    [Fact]
    public void The_window_of_adwin_holds_the_values_after_the_change_alone()
    {
        var detector = new AdaptiveWindow(clock: 1);
        for (var i = 0; i < 1000; i++) detector.Add(i % 2).ShouldBe(DriftSignal.None);
        detector.Width.ShouldBe(1000);
        detector.Mean.ShouldBe(0.5);
        var row = 0;
        while (detector.Add(8) != DriftSignal.Drift) row.ShouldBeLessThan(30, $"{row++}");
        detector.Mean.ShouldBeGreaterThan(0.5);
        detector.Width.ShouldBeLessThan(1000);
        detector.Add(8);
        detector.Width.ShouldBe(1);
    }

    [Theory]
    [InlineData("adwin", "dleta", "3", "adwin has no parameter 'dleta'; did you mean 'delta'?")]
    [InlineData("adwin", "delta", "2", "adwin: delta = 2 is out of range: more than 0, at most 0.999")]
    [InlineData("page-hinkley", "mode", "left", "page-hinkley: mode = left: use one of both, up, down")]
    [InlineData("kswin", "stat_size", "60", "kswin: windowSize = 100 is too short for two samples of statSize = 60; use at least 120")]
    public void A_wrong_parameter_is_named_with_the_remedy(string name, string parameter, string value, string sentence) =>
        Should.Throw<InputException>(() => Create(name, (parameter, value))).Message.ShouldBe(sentence);

    [Fact]
    public void Ddm_takes_errors_alone() =>
        Should.Throw<InputException>(() => Create("ddm").Add(0.5)).Message.ShouldStartWith("ddm takes errors");

    // Each series has a detector of its own, as a deployed version has. docs/learning.md states these rates; a Poisson count may deviate by
    // three standard deviations.
    [Theory]
    [InlineData("adwin", 0)]
    [InlineData("page-hinkley", 0.06)]
    [InlineData("ddm", 10.8)]
    [InlineData("kswin", 22.7)]
    public void Unchanged_errors_raise_as_many_false_alarms_in_100_000_trades_as_the_documentation_states(string name, double stated)
    {
        var alarms = 0;
        for (var series = 0; series < 100; series++)
        {
            var (random, detector) = (new PortableRandom(2026, series), Create(name));
            for (var trade = 0; trade < 1000; trade++)
                if (detector.Add(random.NextDouble() < 0.45 ? 1 : 0) == DriftSignal.Drift) alarms++;
        }
        ((double)alarms).ShouldBe(stated, 3 * Math.Sqrt(stated) + 1);
    }

    // The rule flips at trade 500: 35 % wrong before, 65 % after.
    [Theory]
    [InlineData("adwin", 20, 139)]
    [InlineData("page-hinkley", 20, 190)]
    [InlineData("ddm", 20, 111)]
    [InlineData("kswin", 7, 36)]
    public void A_rule_that_flips_is_noticed_after_the_documented_number_of_trades(string name, int noticed, int median)
    {
        var delays = new List<int>();
        for (var seed = 0; seed < 20; seed++)
        {
            var (random, detector) = (new PortableRandom(7, seed), Create(name));
            for (var trade = 0; trade < 1500; trade++)
            {
                var signal = detector.Add(random.NextDouble() < (trade < 500 ? 0.35 : 0.65) ? 1 : 0);
                if (signal != DriftSignal.Drift || trade < 500) continue;
                delays.Add(trade - 500);
                break;
            }
        }
        delays.Sort();
        (delays.Count, delays[delays.Count / 2]).ShouldBe((noticed, median));
    }
}
