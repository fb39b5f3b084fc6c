using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Granary.Application.Catalogues;
using Granary.Application.Models;
using Granary.Learning.Features;
using Granary.Learning.Gating;
using Granary.Learning.Registry;
using Granary.Learning.Trainers;

namespace Granary.Application.Batches;

/// <summary>
/// A registered model and what it is for, as prod.json has it: with this any host makes the judge that the backtest would go on with.
/// </summary>
/// <param name="Registry">The folder or database of versions.</param>
public sealed record ModelReference(string Model, int Version, string Registry, IReadOnlyList<string> Features, PredictionMeaning Meaning,
    EntryRule Rule)
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <exception cref="JsonException">Not what a run writes into prod.json.</exception>
    public static IReadOnlyDictionary<string, ModelReference> Parse(string json) =>
        JsonSerializer.Deserialize<Dictionary<string, ModelReference>>(json, Json) ?? [];

    /// <summary>Loads the model from its registry.</summary>
    /// <param name="catalogues">What the process knows.</param>
    /// <exception cref="Granary.Learning.LearningInputException">
    /// No such version, damaged, of a newer format, or made for other features.
    /// </exception>
    public EntryModel Load(GranaryCatalogues catalogues)
    {
        var (model, version) = new ModelRegistry(ModelStores.Open(Registry), catalogues.ModelKinds).Load(Model, Version);
        return Filter(model, version.Lineage.To, catalogues);
    }

    /// <summary>The filter over a loaded version, which is asked from the time on at which the last label that it learned from was
    /// known.</summary>
    /// <param name="to">That time, UTC.</param>
    /// <param name="observer">Follows the predictions; null = none.</param>
    /// <exception cref="Granary.Learning.LearningInputException">The version was made for other features.</exception>
    public EntryModel Filter(ITrainedModel model, DateTime to, GranaryCatalogues catalogues, IPredictionObserver? observer = null) =>
        new($"{Model}:{Version}", FeatureSet.Parse(Features, catalogues.Factors), [new ModelWindow(to.Ticks, model)], Rule, Meaning)
        {
            Origin = new ModelOrigin(Registry, Model, Version),
            Observer = observer,
        };
}
