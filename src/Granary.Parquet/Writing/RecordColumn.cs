using Apache.Arrow;
using Apache.Arrow.Types;
using Granary.Engine;
using Granary.Reporting.Runs;
using Granary.Reporting.Tables;

namespace Granary.Parquet.Writing;

/// <summary>Collects the cells of a column of a table into Arrow arrays.</summary>
internal abstract class RecordColumn
{
    private static readonly TimestampType _nanoseconds = new(TimeUnit.Nanosecond, "UTC");

    protected RecordColumn(OutputColumn column, IArrowType type) => Field = new Field(column.Name, type, nullable: true);

    public Field Field { get; }

    public static RecordColumn Of(OutputColumn column) => column.Type switch
    {
        ColumnType.Text => new Texts(column),
        ColumnType.Word => new Words(column),
        ColumnType.Number => new Numbers(column),
        ColumnType.Whole => new Wholes(column),
        ColumnType.Time => new Times(column),
    };

    public virtual void Text(string? value) => throw Other();

    public virtual void Number(double value) => throw Other();

    public virtual void Whole(long? value) => throw Other();

    public virtual void Time(long? ticks) => throw Other();

    /// <summary>Returns the collected cells, and begins a new array.</summary>
    public abstract IArrowArray Take();

    private InvalidOperationException Other() => new($"the column {Field.Name} has values of another type");

    private sealed class Numbers(OutputColumn column) : RecordColumn(column, DoubleType.Default)
    {
        private DoubleArray.Builder _values = new();

        public override void Number(double value)
        {
            if (double.IsFinite(value)) _values.Append(value);
            else _values.AppendNull();
        }

        public override IArrowArray Take()
        {
            var array = _values.Build();
            _values = new DoubleArray.Builder();
            return array;
        }
    }

    private sealed class Wholes(OutputColumn column) : RecordColumn(column, Int64Type.Default)
    {
        private Int64Array.Builder _values = new();

        public override void Whole(long? value)
        {
            if (value is { } whole) _values.Append(whole);
            else _values.AppendNull();
        }

        public override IArrowArray Take()
        {
            var array = _values.Build();
            _values = new Int64Array.Builder();
            return array;
        }
    }

    // A tick is 100 ns, so that no time loses its last digit.
    private sealed class Times(OutputColumn column) : RecordColumn(column, _nanoseconds)
    {
        private const long MostTicks = long.MaxValue / TimeSpan.NanosecondsPerTick;

        private Int64Array.Builder _values = new();

        public override void Time(long? ticks)
        {
            if (ticks is not { } time)
            {
                _values.AppendNull();
                return;
            }
            var since = time - DateTime.UnixEpoch.Ticks;
            if (since is > MostTicks or < -MostTicks)
                throw new InputException($"{RunText.Time(time)} in the column {Field.Name} cannot be a time of Parquet or Arrow, which count "
                    + "nanoseconds from 1677 to 2262; write the table as CSV");
            _values.Append(since * TimeSpan.NanosecondsPerTick);
        }

        public override IArrowArray Take()
        {
            var whole = _values.Build();
            _values = new Int64Array.Builder();
            return new TimestampArray(_nanoseconds, whole.ValueBuffer, whole.NullBitmapBuffer, whole.Length, whole.NullCount, whole.Offset);
        }
    }

    private sealed class Texts(OutputColumn column) : RecordColumn(column, StringType.Default)
    {
        private StringArray.Builder _values = new();

        public override void Text(string? value)
        {
            if (string.IsNullOrEmpty(value)) _values.AppendNull();
            else _values.Append(value);
        }

        public override IArrowArray Take()
        {
            var array = _values.Build();
            _values = new StringArray.Builder();
            return array;
        }
    }

    // Without known words, each array has a dictionary of its own.
    private sealed class Words : RecordColumn
    {
        private static readonly DictionaryType _type = new(Int32Type.Default, StringType.Default, ordered: false);

        private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
        private readonly StringArray? _known;
        private Int32Array.Builder _indices = new();

        public Words(OutputColumn column) : base(column, _type)
        {
            if (column.Words is not { } words) return;
            foreach (var word in words) _places.TryAdd(word, _places.Count);
            _known = new StringArray.Builder().AppendRange(_places.Keys).Build();
        }

        public override void Text(string? value)
        {
            if (string.IsNullOrEmpty(value)) _indices.AppendNull();
            else if (_places.TryGetValue(value, out var place)) _indices.Append(place);
            else if (_known is null)
            {
                _indices.Append(_places.Count);
                _places.Add(value, _places.Count);
            }
            else throw new InvalidOperationException($"the column {Field.Name} has the word '{value}' besides those that it was opened with");
        }

        public override IArrowArray Take()
        {
            var indices = _indices.Build();
            _indices = new Int32Array.Builder();
            if (_known is not null) return new DictionaryArray(_type, indices, _known);
            var words = new StringArray.Builder().AppendRange(_places.Keys).Build();
            _places.Clear();
            return new DictionaryArray(_type, indices, words);
        }
    }
}
