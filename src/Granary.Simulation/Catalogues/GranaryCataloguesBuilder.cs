using System.Reflection;
using Granary.Data.Brokers;
using Granary.Data.Formats;
using Granary.Data.Sources;
using Granary.Data.Tables;
using Granary.Engine;
using Granary.Engine.Catalogues;
using Granary.Engine.Factors;
using Granary.Engine.Market.Feeds;
using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Strategies;
using Granary.Learning.ModelFiles;
using Granary.Learning.Registry;
using Granary.Learning.Trainers;
using Granary.Reporting.Tables;
using Granary.Simulation.Keys;
using Granary.Simulation.Models;
using Granary.Simulation.Plugins;
using Granary.Simulation.Recorded;

namespace Granary.Simulation.Catalogues;

/// <summary>
/// Collects the extensions of a process. It finds classes by the same attributes in Granary's own assemblies and in plug-ins.
/// </summary>
/// <example><code>
/// var catalogues = GranaryCataloguesBuilder.CreateDefault().AddAssembly(typeof(KafkaBarSource).Assembly).AddPlugins("plugins").Build();
/// </code></example>
public sealed class GranaryCataloguesBuilder
{
    private readonly CatalogueBuilder<FactorDefinition> _factors = new("factor");
    private readonly CatalogueBuilder<Type> _strategies = new("strategy");
    private readonly CatalogueBuilder<TrainerDefinition> _trainers = new("trainer");
    private readonly CatalogueBuilder<ModelKind> _modelKinds = new("model kind");
    private readonly CatalogueBuilder<BarFormat> _formats = new("file format");
    private readonly CatalogueBuilder<ITableFormat> _tables = new("table format");
    private readonly CatalogueBuilder<IBarSourceFactory> _sources = new("bar source");
    private readonly CatalogueBuilder<IBarStoreFactory> _stores = new("bar store");
    private readonly CatalogueBuilder<IModelStoreFactory> _modelStores = new("model store");
    private readonly CatalogueBuilder<ILiveFeedFactory> _liveFeeds = new("live feed");
    private readonly CatalogueBuilder<BrokerDefinition> _brokers = new("broker");
    private readonly CatalogueBuilder<IOutputFormat> _outputFormats = new("output format");
    private readonly CatalogueBuilder<PortfolioRuleDefinition> _portfolioRules = new("portfolio rule");
    private readonly List<TrainerLibrary> _libraries = [];
    private readonly List<object> _services = [];
    private readonly List<Plugin> _plugins = [];
    private readonly List<CodeSource> _code = [];
    private ICodeCompiler? _compiler;
    private string? _withoutCompiler;

    public GranaryCataloguesBuilder()
    {
    }

    // Starts from the strategies, factors and rules of other catalogues.
    internal GranaryCataloguesBuilder(GranaryCatalogues known)
    {
        foreach (var entry in known.Factors.Entries) _factors.Add(entry.Name, entry.Value, entry.Origin);
        foreach (var entry in known.Strategies.Entries) _strategies.Add(entry.Name, entry.Value.Type, entry.Origin);
        foreach (var entry in known.PortfolioRules.Entries) _portfolioRules.Add(entry.Name, entry.Value, entry.Origin);
        _services.AddRange(known.Services);
        _plugins.AddRange(known.Plugins);
    }

    /// <summary>Creates a builder with <see cref="AddEngine"/>, <see cref="AddData"/> and <see cref="AddLearning"/>.</summary>
    public static GranaryCataloguesBuilder CreateDefault() =>
        new GranaryCataloguesBuilder().AddEngine().AddData().AddLearning().AddAssembly(typeof(RecordedTrades).Assembly);

    /// <summary>Adds Granary's own factors and strategies.</summary>
    public GranaryCataloguesBuilder AddEngine() => AddAssembly(typeof(Strategy).Assembly);

    /// <summary>Adds Granary's own formats, sources, stores and brokers.</summary>
    public GranaryCataloguesBuilder AddData() => AddAssembly(typeof(BarFormat).Assembly);

    /// <summary>Adds Granary's own trainers and model kinds, and ML.NET's trainers if they are installed.</summary>
    public GranaryCataloguesBuilder AddLearning()
    {
        _libraries.Add(MLNetLibrary.Library);
        return AddAssembly(typeof(ITrainer).Assembly);
    }

    /// <summary>Adds the public strategies of an assembly, and every class with a catalogue attribute.</summary>
    /// <exception cref="ArgumentException">A name is taken, or a class does not fit its attribute; one sentence.</exception>
    public GranaryCataloguesBuilder AddAssembly(Assembly assembly)
    {
        AddAssembly(assembly, type => type.ToString());
        return this;
    }

    /// <summary>Adds one class, public or not: a strategy, or a class with a catalogue attribute.</summary>
    /// <exception cref="ArgumentException">It is neither of them, its name is taken, or it does not fit its attribute.</exception>
    public GranaryCataloguesBuilder AddType(Type type)
    {
        if (type is { IsAbstract: false } && type.IsSubclassOf(typeof(Strategy))) _strategies.Add(type.Name, type, type.ToString());
        else if (type.GetCustomAttribute<CatalogueAttribute>(inherit: false) is not { } attribute || !Add(type, attribute, type.ToString()))
            throw new ArgumentException($"the class {type} is neither a strategy nor does it have an attribute such as [Factor]; derive it "
                + "from Strategy, or give it its attribute");
        return this;
    }

    /// <summary>Adds an object that strategy constructors can take as a parameter of its type.</summary>
    public GranaryCataloguesBuilder AddService(object service)
    {
        _services.Add(service);
        return this;
    }

    /// <summary>Lets batches carry C# files.</summary>
    /// <param name="compiler">Null = batches with such files are refused.</param>
    /// <param name="remedy">Without a compiler, the second half of the sentence that refuses them; null for the usual one.</param>
    internal GranaryCataloguesBuilder WithCompiler(ICodeCompiler? compiler, string? remedy = null)
    {
        (_compiler, _withoutCompiler) = (compiler, remedy);
        return this;
    }

    /// <summary>
    /// Adds the plug-ins of a folder. Add Granary's own assemblies first, because each plug-in's strategies are created once as a test.
    /// </summary>
    /// <param name="folder">Null = no plug-ins.</param>
    /// <exception cref="InputException">The folder does not exist, or one of its DLLs cannot be used; one sentence.</exception>
    public GranaryCataloguesBuilder AddPlugins(string? folder)
    {
        if (folder is not null) PluginFolder.Load(folder, AddPlugin);
        return this;
    }

    /// <summary>Builds the catalogues from everything added so far.</summary>
    /// <exception cref="ArgumentException">A class cannot be a strategy; one sentence.</exception>
    public GranaryCatalogues Build()
    {
        var factors = new FactorCatalogue(_factors);
        var trainers = new TrainerCatalogue(_trainers, [.. _libraries]);
        var tables = new TableFormatCatalogue(_tables);
        var formats = new BarFormatCatalogue(_formats, tables);
        var sources = new BarSourceCatalogue(_sources, formats);
        object[] services = [trainers, .. _services];
        var known = new GranaryCatalogues
        {
            Factors = factors,
            Strategies = new StrategyCatalogue(_strategies, factors, services),
            Trainers = trainers,
            ModelKinds = new ModelKindCatalogue(_modelKinds),
            Formats = formats,
            Tables = tables,
            Sources = sources,
            Stores = new BarStoreCatalogue(_stores),
            ModelStores = new ModelStoreCatalogue(_modelStores),
            LiveFeeds = new LiveFeedCatalogue(_liveFeeds, sources),
            Brokers = new BrokerCatalogue(_brokers),
            OutputFormats = _outputFormats.Build(),
            PortfolioRules = _portfolioRules.Build(),
            Plugins = [.. _plugins],
            Compiler = _compiler,
            Services = services,
        };
        return _withoutCompiler is null ? known : known with { WithoutCompiler = _withoutCompiler };
    }

    /// <summary>Adds the classes of compiled files.</summary>
    /// <exception cref="InputException">A class does not belong into a batch, or its name is taken.</exception>
    internal GranaryCataloguesBuilder AddCode(IEnumerable<(CodeSource Source, Assembly Assembly)> compiled)
    {
        foreach (var (source, assembly) in compiled)
        {
            try
            {
                AddCode(source, assembly);
            }
            catch (ReflectionTypeLoadException e)
            {
                throw new InputException($"{source.Name}: {e.LoaderExceptions.FirstOrDefault()?.Message.TrimEnd('.')}; correct the class",
                    e);
            }
            catch (Exception e)
                when (e is ArgumentException or TypeLoadException or FileNotFoundException or CustomAttributeFormatException)
            {
                throw new InputException($"{source.Name}: {e.Message.TrimEnd('.')}; change it in the file", e);
            }
        }
        return this;
    }

    /// <summary>Returns catalogues with the strategies, factors and rules of this builder.</summary>
    internal GranaryCatalogues BuildOn(GranaryCatalogues known)
    {
        var factors = new FactorCatalogue(_factors);
        return known with
        {
            Factors = factors,
            Strategies = new StrategyCatalogue(_strategies, factors, [.. _services]),
            PortfolioRules = _portfolioRules.Build(),
            Plugins = [.. _plugins],
            Code = [.. _code],
        };
    }

    private void AddCode(CodeSource source, Assembly assembly)
    {
        foreach (var (type, attribute) in CatalogueTypes.Of(assembly))
            if (attribute is not (FactorAttribute or PortfolioRuleAttribute))
                throw new InputException($"{source.Name}: the class {type} is a {attribute.Kind}, and a C# file of a batch has strategies, "
                    + "factors and portfolio rules only; put it into a plug-in ('granary new')");
        var entries = AddAssembly(assembly, type => $"{type} in {source.Name}");
        if (entries.Count == 0)
            throw new InputException($"{source.Name}: it has no strategy, and no class with [Factor] or [PortfolioRule]; write "
                + "'sealed class NAME : Strategy'");
        // The constructors of its strategies are read here, where an error has the name of the file.
        _ = new StrategyCatalogue(_strategies, new FactorCatalogue(_factors), [.. _services]);
        _code.Add(source);
        _plugins.Add(new Plugin(source.Name, source.Hash, entries));
    }

    private void AddPlugin(PluginFile file)
    {
        var entries = AddAssembly(file.Assembly, type => $"{type} in {Path.GetFileName(file.Path)}");
        if (entries.Count == 0)
            throw new InputException(
                $"{file.Path}: it refers to Granary.Engine but holds no strategy and no class with an attribute such as "
                + "[Factor], [Trainer] or [BarFormat]; add one, or take the file away");
        var plugin = new Plugin(file.Path, file.ContentHash, entries);
        _plugins.Add(plugin);
        var strategies = Build().Strategies;
        foreach (var name in plugin.Names(_strategies.Kind)) PluginFolder.Try(strategies.Get(name));
    }

    private List<(string Kind, string Name)> AddAssembly(Assembly assembly, Func<Type, string> origin)
    {
        var entries = new List<(string Kind, string Name)>();
        foreach (var (type, attribute) in CatalogueTypes.Of(assembly))
            if (Add(type, attribute, origin(type)))
                entries.Add((attribute.Kind, attribute.Name));
        foreach (var name in StrategyCatalogue.AddFrom(_strategies, assembly, origin)) entries.Add((_strategies.Kind, name));
        return entries;
    }

    private void AddRule(PortfolioRuleDefinition rule, string origin)
    {
        foreach (var name in new RuleKeys(rule).Names)
        {
            var taken = RecordKeys<PortfolioLimits>.Has(name) ? "the limits themselves"
                : _portfolioRules.Entries.FirstOrDefault(e => new RuleKeys(e.Value).Names.Contains(name, StringComparer.OrdinalIgnoreCase))
                    ?.Origin;
            if (taken is not null)
                throw new ArgumentException($"the key '{name}' of the portfolio rule '{rule.Name}' of {origin} is taken by {taken}; "
                    + "rename it");
        }
        _portfolioRules.Add(rule.Name, rule, origin);
    }

    private bool Add(Type type, CatalogueAttribute attribute, string origin)
    {
        switch (attribute)
        {
            case FactorAttribute factor:
                _factors.Add(factor.Name, new FactorDefinition(type, factor), origin);
                return true;
            case TrainerAttribute trainer:
                _trainers.Add(trainer.Name, new TrainerDefinition(type, trainer), origin);
                return true;
            case ModelKindAttribute kind:
                _modelKinds.Add(kind.Name, ModelKind.Of(type), origin);
                return true;
            case BarFormatAttribute format:
                _formats.Add(format.Name, CatalogueTypes.Create<BarFormat>(type, format), origin);
                return true;
            case TableFormatAttribute table:
                _tables.Add(table.Name, CatalogueTypes.Create<ITableFormat>(type, table), origin);
                return true;
            case BarSourceAttribute source:
                _sources.Add(source.Name, CatalogueTypes.Create<IBarSourceFactory>(type, source), origin);
                return true;
            case BarStoreAttribute store:
                _stores.Add(store.Name, CatalogueTypes.Create<IBarStoreFactory>(type, store), origin);
                return true;
            case ModelStoreAttribute store:
                _modelStores.Add(store.Name, CatalogueTypes.Create<IModelStoreFactory>(type, store), origin);
                return true;
            case LiveFeedAttribute feed:
                _liveFeeds.Add(feed.Name, CatalogueTypes.Create<ILiveFeedFactory>(type, feed), origin);
                return true;
            case BrokerAttribute broker:
                _brokers.Add(broker.Name, BrokerDefinition.Of(type), origin);
                return true;
            case OutputFormatAttribute table:
                _outputFormats.Add(table.Name, CatalogueTypes.Create<IOutputFormat>(type, table), origin);
                return true;
            case PortfolioRuleAttribute rule:
                AddRule(new PortfolioRuleDefinition(type, rule), origin);
                return true;
            default:
                return false;
        }
    }
}
