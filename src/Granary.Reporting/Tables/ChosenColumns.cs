namespace Granary.Reporting.Tables;

/// <summary>Passes the cells of some columns to a writer, and leaves out the others. The owner of the writer completes it.</summary>
/// <param name="chosen">Whether each column is passed on.</param>
internal sealed class ChosenColumns(RowWriter writer, bool[] chosen) : RowWriter
{
    private int _column;

    public override void Text(string? value)
    {
        if (chosen[_column++]) writer.Text(value);
    }

    public override void Number(double value)
    {
        if (chosen[_column++]) writer.Number(value);
    }

    public override void Whole(long? value)
    {
        if (chosen[_column++]) writer.Whole(value);
    }

    public override void Time(long? ticks)
    {
        if (chosen[_column++]) writer.Time(ticks);
    }

    public override void EndRow()
    {
        _column = 0;
        writer.EndRow();
    }

    public override void Complete() => writer.Complete();
}
