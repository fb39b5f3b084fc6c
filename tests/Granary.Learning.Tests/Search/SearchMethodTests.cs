using Granary.Engine;
using Granary.Learning.Search;

namespace Granary.Learning.Tests.Search;

public sealed class SearchMethodTests
{
    public static TheoryData<string> Names => [.. SearchMethods.Names];

    private static double[] Objective(ProposedPoint point)
    {
        var v = point.Values;
        return [-Math.Abs(v[0] - 20) - Math.Abs(Math.Log(v[1] / 100)) + v[2] - Math.Abs(v[4] - 0.7) + (v[6] == 1 ? 1 : 0)];
    }

    [Theory, MemberData(nameof(Names))]
    public void Every_value_lies_in_its_dimension(string name)
    {
        var tried = SearchRuns.Run(SearchMethods.Create(name, SearchRuns.Mixed(), 150, 1, 3), Objective);
        foreach (var v in tried.Select(t => t.Point.Values))
        {
            v[0].ShouldBe(Math.Floor(v[0]));
            v[0].ShouldBeInRange(5, 50);
            v[1].ShouldBe(Math.Floor(v[1]));
            v[1].ShouldBeInRange(20, 300);
            v[2].ShouldBeInRange(0.5, 3);
            v[3].ShouldBeInRange(1e-4, 1);
            v[4].ShouldBeOneOf([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]);
            v[5].ShouldBeOneOf([2, 6, 10, 14, 18]);
            v[6].ShouldBeOneOf([0, 1, 2]);
            v[7].ShouldBe(0);
        }
        tried.Count(t => t.Point.Continues is null).ShouldBe(150);
    }

    [Theory, MemberData(nameof(Names))]
    public void An_interrupted_search_continues_with_the_same_points(string name)
    {
        ISearchMethod Create() => SearchMethods.Create(name, SearchRuns.Mixed(v => v[1] > v[0]), 90, 1, 7);
        var whole = SearchRuns.Run(Create(), Objective);
        var pieces = new List<TriedPoint>();
        // A new object for every round, as after an interruption.
        while (Create().Next(pieces) is { Count: > 0 } round) pieces.AddRange(round.Select(p => new TriedPoint(p, Objective(p))));
        SearchRuns.TextOf(pieces).ShouldBe(SearchRuns.TextOf(whole));
        var other = SearchRuns.Run(SearchMethods.Create(name, SearchRuns.Mixed(v => v[1] > v[0]), 90, 1, 8), Objective);
        SearchRuns.TextOf(other).ShouldNotBe(SearchRuns.TextOf(whole));
    }

    [Theory, MemberData(nameof(Names))]
    public void A_condition_excludes_points(string name)
    {
        var tried = SearchRuns.Run(SearchMethods.Create(name, SearchRuns.Mixed(v => v[1] < v[0] && v[2] > 2), 60, 1, 1), Objective);
        tried.Count(t => t.Point.Continues is null).ShouldBe(60);
        foreach (var t in tried) (t.Point.Values[1] < t.Point.Values[0] && t.Point.Values[2] > 2).ShouldBeTrue();
    }

    [Theory, MemberData(nameof(Names))]
    public void A_small_space_is_tried_completely_and_no_point_twice(string name)
    {
        ParameterSpace space = new(
            [new IntegerDimension("a", 1, 9), new IntegerDimension("b", 1, 9), new ChoiceDimension("c", ["x", "y"])], v => v[0] < v[1]);
        var tried = SearchRuns.Run(SearchMethods.Create(name, space, 1000, 1, 5), p => [p.Values[0] * p.Values[1]]);
        var first = tried.Where(t => t.Point.Continues is null).Select(t => string.Join(' ', t.Point.Values)).ToList();
        first.Count.ShouldBe(72);
        first.Distinct().Count().ShouldBe(72);
    }

    [Theory, MemberData(nameof(Names))]
    public void A_condition_that_nothing_satisfies_is_an_error_with_a_remedy(string name)
    {
        var small = Should.Throw<InputException>(() =>
            SearchMethods.Create(name, new([new IntegerDimension("a", 1, 100)], v => v[0] > 100), 10, 1, 1));
        small.Message.ShouldBe("none of the 100 combinations of the space satisfies its conditions: widen a range or remove a condition");
        var large = Should.Throw<InputException>(() =>
            SearchMethods.Create(name, new([new RealDimension("a", 0, 1)], v => v[0] > 1), 10, 1, 1));
        large.Message.ShouldStartWith("none of 100000 combinations drawn from the space");
    }

    [Theory, MemberData(nameof(Names))]
    public void A_large_space_in_which_almost_nothing_is_allowed_is_tried_completely(string name)
    {
        // 40 combinations of a million.
        ParameterSpace space = new([new IntegerDimension("a", 1, 1000), new IntegerDimension("b", 1, 1000)], v => v[0] == v[1]
            && v[0] <= 40);
        var tried = SearchRuns.Run(SearchMethods.Create(name, space, 60, 1, 1), p => [p.Values[0]]);
        tried.Count(t => t.Point.Continues is null).ShouldBe(40);
    }

    [Fact]
    public void A_space_counts_what_its_condition_allows()
    {
        ParameterSpace small = new([new IntegerDimension("fast", 1, 100), new IntegerDimension("slow", 1, 100)], v => v[1] > v[0]);
        small.Count().ShouldBe(new SpaceCensus(10_000, 4_950, true));
        ParameterSpace large = new([new RealDimension("x", 0, 1), new RealDimension("y", 0, 1)], v => v[0] > v[1]);
        var census = large.Count();
        census.IsComplete.ShouldBeFalse();
        (census.Allowed / (double)census.Looked).ShouldBeInRange(0.49, 0.51);
        new ParameterSpace([new RealDimension("x", 0, 1)]).Count().IsEmpty.ShouldBeFalse();
    }

    [Theory]
    [InlineData("tpe")]
    [InlineData("halving")]
    public void Failed_and_undefined_points_count_as_bad(string name)
    {
        ParameterSpace space = new([new RealDimension("x", 0, 1), new RealDimension("y", 0, 1)]);
        var tried = SearchRuns.Run(SearchMethods.Create(name, space, 80, 1, 2),
            p => p.Values[0] < 0.3 ? null : p.Values[0] < 0.5 ? [double.NaN] : [p.Values[1]]);
        var best = Objectives.Rank([.. tried.Select(t => t.Objectives)])[0];
        (tried[best].Point.Values[0] >= 0.5).ShouldBeTrue();
        if (name == "tpe")
        {
            // The estimator leaves the half that has no values.
            tried.Skip(40).Count(t => t.Point.Values[0] < 0.5).ShouldBeInRange(0, 12);
        }
    }

    [Fact]
    public void A_search_in_which_everything_fails_ends_at_its_number_of_trials()
    {
        foreach (var name in SearchMethods.Names)
            SearchRuns.Run(SearchMethods.Create(name, SearchRuns.Mixed(), 40, 1, 2), _ => null).Count.ShouldBe(40);
    }

    [Fact]
    public void Halving_continues_the_better_half_on_twice_the_bars()
    {
        ParameterSpace space = new([new RealDimension("x", 0, 1)]);
        var tried = SearchRuns.Run(SearchMethods.Create("halving", space, 100, 1, 4), p => [p.Values[0] + 0.01 * p.Share]);
        tried.GroupBy(t => t.Point.Share).Select(g => g.Count()).ShouldBe([100, 50, 25, 13, 7]);
        tried.GroupBy(t => t.Point.Share).Select(g => g.Key).ShouldBe([1 / 16.0, 1 / 8.0, 1 / 4.0, 1 / 2.0, 1]);
        foreach (var point in tried.Select(t => t.Point).Where(p => p.Continues is not null))
        {
            var before = tried[point.Continues!.Value].Point;
            point.Values.ShouldBe(before.Values);
            before.Share.ShouldBe(point.Share / 2);
        }
        var last = tried.Where(t => t.Point.Share == 1).Select(t => t.Point.Values[0]).Order();
        last.ShouldBe(tried.Take(100).Select(t => t.Point.Values[0]).Order().TakeLast(7));
        double[] SharesOf(int trials) =>
            [.. SearchRuns.Run(SearchMethods.Create("halving", space, trials, 1, 4), p => [p.Values[0]]).Select(t =>
                t.Point.Share).Distinct()];
        SharesOf(16).ShouldBe([0.25, 0.5, 1]);
        SharesOf(7).ShouldBe([1]);
    }

    [Fact]
    public void Two_objectives_fill_the_front()
    {
        // The front is x from 0 to 1 at y = 0.
        ParameterSpace space = new([new RealDimension("x", -2, 2), new RealDimension("y", -2, 2)]);
        double[] Pair(ProposedPoint p) => [-p.Values[0] * p.Values[0] - p.Values[1] * p.Values[1],
            -(p.Values[0] - 1) * (p.Values[0] - 1) - p.Values[1] * p.Values[1]];
        double Volume(string name) => Enumerable.Range(0, 10).Average(seed => Objectives.Hypervolume(
            [.. SearchRuns.Run(SearchMethods.Create(name, space, 100, 2, (ulong)seed), Pair).Select(t => t.Objectives!)], [-1.1, -1.1]));
        (Volume("tpe") > Volume("random") + 0.05).ShouldBeTrue();
    }

    [Fact]
    public void A_wrong_call_names_the_parameter()
    {
        void Fails(string part, Dimension dimension) =>
            Should.Throw<ArgumentException>(() => SearchMethods.Create("random", new([dimension]), 1, 1, 1)).Message.ShouldContain(part);
        Fails("Parameter a has a lower bound above the upper one", new IntegerDimension("a", 2, 1));
        Fails("Parameter a has a step below 1", new IntegerDimension("a", 1, 2, 0));
        Fails("Parameter a has a logarithmic scale", new IntegerDimension("a", 0, 2, Log: true));
        Fails("Parameter b has bounds that are no interval", new RealDimension("b", 2, double.NaN));
        Fails("Parameter c has no choices", new ChoiceDimension("c", []));
        Should.Throw<ArgumentException>(() => SearchMethods.Create("grid", SearchRuns.Mixed(), 1, 1, 1));
    }
}
