using Granary.Data.Brokers;
using Granary.Data.Formats;
using Granary.Data.Sources;
using Granary.Data.Tables;
using Granary.Engine;
using Granary.Engine.Analysis.Metrics;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Trainers;
using Granary.Reporting.Tables;
using Granary.Simulation.Models;
using Granary.Simulation.Plugins;
using Granary.Storage.Addresses;
using Granary.Storage.Files;

namespace Granary.Simulation.Catalogues;

/// <summary>
/// All extensions that one process knows. A host builds the object once with a <see cref="GranaryCataloguesBuilder"/> and passes it on. It
/// is immutable, so two instances in one process do not see each other's plug-ins.
/// </summary>
public sealed record GranaryCatalogues
{
    internal GranaryCatalogues()
    {
    }

    /// <summary>Factors by the name that strategies, features and regimes use.</summary>
    public required FactorCatalogue Factors { get; init; }

    /// <summary>Strategies by the class name in batch files.</summary>
    public required StrategyCatalogue Strategies { get; init; }

    /// <summary>Trainers of models by the name in the section <c>learning</c>.</summary>
    public required TrainerCatalogue Trainers { get; init; }

    /// <summary>Kinds of trained models by the name in their files.</summary>
    public required ModelKindCatalogue ModelKinds { get; init; }

    /// <summary>File formats by the name in <c>data.format</c>.</summary>
    public required BarFormatCatalogue Formats { get; init; }

    /// <summary>Formats of typed tables, such as Parquet, which are read wherever a table of text is read.</summary>
    public required TableFormatCatalogue Tables { get; init; }

    /// <summary>Bar sources by the scheme of <c>data.source</c>.</summary>
    public required BarSourceCatalogue Sources { get; init; }

    /// <summary>Bar stores by the scheme of <c>--store</c>.</summary>
    public required BarStoreCatalogue Stores { get; init; }

    /// <summary>Stores of models by the scheme of <c>--registry</c>.</summary>
    public required ModelStoreCatalogue ModelStores { get; init; }

    /// <summary>Live feeds by the scheme of <c>--feed</c>.</summary>
    public required LiveFeedCatalogue LiveFeeds { get; init; }

    /// <summary>Brokers by the name in <c>--broker</c>.</summary>
    public required BrokerCatalogue Brokers { get; init; }

    /// <summary>Formats of tables beside CSV by the name in <c>outputs</c> and <c>--format</c>.</summary>
    public required Catalogue<IOutputFormat> OutputFormats { get; init; }

    /// <summary>Portfolio rules by the name in <c>portfolio.limits</c>.</summary>
    public required Catalogue<PortfolioRuleDefinition> PortfolioRules { get; init; }

    /// <summary>The metrics that a run computes.</summary>
    internal MetricCatalogue Metrics { get; init; } = MetricCatalogue.BuiltIn;

    /// <summary>Compiles the C# files of batches; null if this process does not.</summary>
    internal ICodeCompiler? Compiler { get; init; }

    /// <summary>Second half of the sentence that refuses such files, with the remedy.</summary>
    public string WithoutCompiler { get; init; } = "this program has no compiler; run the batch with 'granary'";

    /// <summary>The C# files whose classes are in the catalogues.</summary>
    internal IReadOnlyList<CodeSource> Code { get; init; } = [];

    /// <summary>Compiled files of this process.</summary>
    internal CodeCache CodeCache { get; init; } = new();

    /// <summary>Objects that constructors of strategies can take.</summary>
    internal IReadOnlyList<object> Services { get; init; } = [];

    /// <summary>Returns these catalogues with the strategies, factors and portfolio rules of C# files.</summary>
    /// <exception cref="InputException">
    /// This process compiles no files, the compiler refuses one, or a class does not belong into a batch.
    /// </exception>
    internal GranaryCatalogues WithCode(IReadOnlyList<CodeSource> files)
    {
        if (files.Count == 0) return this;
        if (Compiler is not { } compiler) throw new InputException($"{files[0].Name} is not compiled here: {WithoutCompiler}");
        return new GranaryCataloguesBuilder(this).AddCode(files.Select(file => (file, CodeCache.Get(file, compiler)))).BuildOn(this);
    }

    /// <summary>Restricts the addresses in texts that are read with these catalogues; null = no restriction.</summary>
    internal Confinement? Confinement { get; init; }

    /// <summary>The files that texts which are read with these catalogues may name.</summary>
    public PermittedFiles Files => Confinement?.Files ?? PermittedFiles.All;

    /// <summary>
    /// Creates the place of a text whose relative paths start from a folder. In a confined server, a relative folder is in its data folder.
    /// </summary>
    internal Place PlaceOf(string folder) => Confinement?.PlaceOf(folder) ?? new Place(folder);

    /// <summary>Parses an address that a file or a grain's key has kept.</summary>
    /// <exception cref="Engine.Market.BarDataException">It lies outside of a confined server's folders.</exception>
    public Address AddressOf(string kept) => Confinement is null || Confinement.Stores.Contains(kept) ? Address.Parse(kept)
        : PlaceOf(".").Address(kept);

    /// <summary>Parses an address of the operator, which may lead anywhere.</summary>
    public Address AddressOfOperator(string text) => Confinement?.OfOperator(text) ?? Address.Parse(text);

    /// <summary>Opens a model registry.</summary>
    /// <param name="address">A folder, or <c>postgres://user:password@host:port/database</c>.</param>
    /// <exception cref="InputException">The address is neither, its package is missing, or the database does not answer.</exception>
    internal ModelRegistry OpenRegistry(Address address) => new(ModelStores.Open(address), ModelKinds);

    /// <summary>Returns a sentence as callers see it: a confined server shows paths in its data folder relative to it.</summary>
    public string Shown(string sentence) => Confinement?.Shown(sentence) ?? sentence;

    /// <summary>The plug-ins whose classes are in the catalogues.</summary>
    public required IReadOnlyList<Plugin> Plugins { get; init; }
}
