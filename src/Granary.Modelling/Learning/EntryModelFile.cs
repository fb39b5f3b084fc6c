using System.Buffers.Binary;
using System.Text.Json;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.ModelFiles;
using Granary.Learning.Retraining;
using Granary.Learning.Watching;
using Granary.Simulation.Batches;
using Granary.Simulation.Catalogues;

namespace Granary.Modelling.Learning;

/// <summary>Writes an entry filter with all its versions as bytes, so another process makes bit-identical decisions.</summary>
internal static class EntryModelFile
{
    internal sealed record Head(string Name, IReadOnlyList<string> Features, PredictionMeaning Meaning, EntryRule Rule,
        IReadOnlyList<long> From, IReadOnlyList<int> Lengths, ModelOrigin? Origin, IReadOnlyList<int> Numbers, WatchRule? Watch,
        IReadOnlyList<long> Until, IReadOnlyList<VersionAge?> Ages);

    public static byte[] ToBytes(EntryModel model)
    {
        byte[][] versions = [.. model.Windows.Select(w => ModelFile.ToBytes(w.Model))];
        var head = JsonSerializer.SerializeToUtf8Bytes(
            new Head(model.Name, model.Features.Names, model.Meaning, model.Rule, [.. model.Windows.Select(w => w.From)],
                [.. versions.Select(v => v.Length)], model.Origin, [.. model.Windows.Select(w => w.Number)], model.Watch,
                [.. model.Windows.Select(w => w.Until)], [.. model.Windows.Select(w => w.Age)]),
            EntryModelJson.Format);
        var bytes = new byte[sizeof(int) + head.Length + versions.Sum(v => v.Length)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, head.Length);
        head.CopyTo(bytes, sizeof(int));
        var at = sizeof(int) + head.Length;
        foreach (var version in versions)
        {
            version.CopyTo(bytes, at);
            at += version.Length;
        }
        return bytes;
    }

    /// <param name="catalogues">Model kinds and rules that the process knows.</param>
    public static EntryModel FromBytes(byte[] bytes, GranaryCatalogues catalogues)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
        var head = JsonSerializer.Deserialize<Head>(bytes.AsSpan(sizeof(int), length), EntryModelJson.Format)!;
        var at = sizeof(int) + length;
        var windows = new List<ModelWindow>();
        for (var i = 0; i < head.From.Count; i++)
        {
            windows.Add(new ModelWindow(head.From[i], catalogues.ModelKinds.FromBytes(bytes[at..(at + head.Lengths[i])], head.Name))
            {
                Number = head.Numbers[i],
                Until = head.Until[i],
                Age = head.Ages[i],
            });
            at += head.Lengths[i];
        }
        return new EntryModel(head.Name, FeatureSet.Parse(head.Features, catalogues.Factors), windows, head.Rule, head.Meaning)
        {
            Origin = head.Origin,
            Watch = head.Watch,
        };
    }
}
