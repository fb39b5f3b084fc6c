namespace Granary.Learning.Search;

/// <summary>A dimension as a feature of a tree: the share of the interval, or whether the point has one of the choices.</summary>
/// <param name="Dimension">Its index.</param>
/// <param name="Choice">Index of the choice; −1 for a number.</param>
internal readonly record struct FeatureColumn(int Dimension, int Choice)
{
    public double ValueIn(Axis[] axes, IReadOnlyList<double> point)
    {
        var (axis, value) = (axes[Dimension], point[Dimension]);
        return Choice >= 0 ? value == Choice ? 1 : 0 : (axis.PlaceOf(value) - axis.Low) / (axis.High - axis.Low);
    }
}

/// <summary>The features of a space.</summary>
internal static class FeatureColumns
{
    /// <summary>Returns a column for each number and for each choice; none for a dimension with one value.</summary>
    public static IReadOnlyList<FeatureColumn> Of(Axis[] axes)
    {
        var columns = new List<FeatureColumn>();
        for (var d = 0; d < axes.Length; d++)
        {
            if (axes[d].Count == 1) continue;
            if (axes[d].Choices == 0) columns.Add(new(d, -1));
            for (var c = 0; c < axes[d].Choices; c++) columns.Add(new(d, c));
        }
        return columns;
    }
}
