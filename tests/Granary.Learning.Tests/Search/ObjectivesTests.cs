using Granary.Learning.Search;

namespace Granary.Learning.Tests.Search;

public sealed class ObjectivesTests
{
    [Fact]
    public void The_front_has_the_points_that_no_other_dominates()
    {
        IReadOnlyList<double>[] points = [[1, 5], [2, 4], [2, 3], [5, 1], [2, 4], [0, 5]];
        Objectives.Front(points, firstOfEqual: false).ShouldBe([0, 1, 3, 4]);
        Objectives.Front(points, firstOfEqual: true).ShouldBe([0, 1, 3]);
        Objectives.Front([[1.0], [3.0], [2.0], [3.0]], firstOfEqual: true).ShouldBe([1]);
        Objectives.Front([], firstOfEqual: true).ShouldBeEmpty();
    }

    // Optuna 3.1.0: _hypervolume.WFG().compute(-points, zeros).
    [Theory]
    [InlineData(3, 0.4855730971305144)]
    [InlineData(4, 0.30438868224124577)]
    public void The_hypervolume_is_that_of_another_program(int objectives, double expected)
    {
        var points = Enumerable.Range(0, 12)
            .Select(i => (IReadOnlyList<double>)[.. Enumerable.Range(0, objectives).Select(d => SearchRuns.Kronecker(i, d))]).ToList();
        Objectives.Hypervolume(points, new double[objectives]).ShouldBe(expected, 1e-12);
    }

    [Fact]
    public void The_hypervolume_of_two_steps_is_the_area_below_them()
    {
        Objectives.Hypervolume([[3, 1], [1, 4], [0.5, 0.5], [-1, 9]], [0, 0]).ShouldBe(3 * 1 + 1 * 3);
        Objectives.Hypervolume([], [0, 0]).ShouldBe(0);
    }

    [Fact]
    public void Undefined_points_rank_last_and_equal_ones_by_their_order()
    {
        Objectives.Rank([[double.NaN], [1.0], [1.0], [double.PositiveInfinity], null, [-2.0]]).ShouldBe([3, 1, 2, 5, 0, 4]);
    }

    [Fact]
    public void Fronts_rank_first_and_their_points_by_the_volume_they_add()
    {
        Objectives.Rank([[1, 5], [4, 4], [5, 1], [1, 1]]).ShouldBe([1, 0, 2, 3]);
    }
}
