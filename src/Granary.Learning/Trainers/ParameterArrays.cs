namespace Granary.Learning.Trainers;

/// <summary>Serializes parameter arrays of a model: the length, and each value as raw bits, little-endian.</summary>
internal static class ParameterArrays
{
    internal static void WriteArray(this BinaryWriter writer, ReadOnlySpan<double> values)
    {
        writer.Write(values.Length);
        foreach (var value in values) writer.Write(value);
    }

    internal static double[] ReadArray(this BinaryReader reader)
    {
        var values = new double[reader.ReadInt32()];
        for (var i = 0; i < values.Length; i++) values[i] = reader.ReadDouble();
        return values;
    }

    internal static void WriteArray(this BinaryWriter writer, ReadOnlySpan<int> values)
    {
        writer.Write(values.Length);
        foreach (var value in values) writer.Write(value);
    }

    internal static int[] ReadIntegers(this BinaryReader reader)
    {
        var values = new int[reader.ReadInt32()];
        for (var i = 0; i < values.Length; i++) values[i] = reader.ReadInt32();
        return values;
    }
}
