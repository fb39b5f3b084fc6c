using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Granary.Engine.Factors;
using Granary.Engine.Strategies;
using Granary.Engine.Trading;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>The part of docs/extending.md that is made from the XML documentation of the engine and from samples/Plugin/Examples.</summary>
internal static partial class ExtendingPage
{
    /// <summary>The types of the page, in its order.</summary>
    private static readonly Type[] _types =
    [
        typeof(Strategy), typeof(StrategyContext), typeof(EntryOptions), typeof(OrderRequest), typeof(OrderType), typeof(TimeInForce),
        typeof(Crossing), typeof(MultiSymbolStrategy), typeof(MultiSymbolContext), typeof(SymbolContext), typeof(FactorKernel),
        typeof(FactorInput), typeof(FactorOutput), typeof(FactorAttribute), typeof(StrategyAttribute),
    ];

    private static readonly FrozenDictionary<Type, string> _keywords = new Dictionary<Type, string>
    {
        [typeof(bool)] = "bool",
        [typeof(int)] = "int",
        [typeof(long)] = "long",
        [typeof(double)] = "double",
        [typeof(string)] = "string",
        [typeof(object)] = "object",
        [typeof(void)] = "void",
    }.ToFrozenDictionary();

    public static string Path { get; } = System.IO.Path.Combine(SharedData.RepositoryRoot, "docs", "extending.md");

    /// <summary>The files of the examples, in the order of the page.</summary>
    public static IReadOnlyList<string> Examples { get; } =
        ["UpShare.cs", "AtrStop.cs", "TimeExit.cs", "TwoTimeframes.cs", "PairTrade.cs", "QuietWeights.cs"];

    /// <summary>Members without a summary.</summary>
    public static IReadOnlyList<string> Undocumented() => [.. _types.SelectMany(t => Members(t).Where(m => Summary(m).Length == 0)
        .Select(m => $"{t.Name}.{m.Name}"))];

    /// <summary>The section on members.</summary>
    public static string MembersText()
    {
        var text = new StringBuilder();
        foreach (var type in _types)
        {
            text.Append('\n').Append("### `").Append(type.Name).Append("`\n\n").Append(Capital(Summary(type))).Append("\n\n");
            text.Append("| member | meaning |\n| --- | --- |\n");
            foreach (var member in Members(type))
                text.Append("| `").Append(Signature(member)).Append("` | ").Append(Summary(member)).Append(" |\n");
        }
        return text.ToString();
    }

    /// <summary>The section on examples: each file as it is compiled, without its using directives and its namespace.</summary>
    public static string ExamplesText()
    {
        var text = new StringBuilder();
        foreach (var file in Examples)
        {
            var code = File.ReadAllText(System.IO.Path.Combine(SharedData.RepositoryRoot, "samples/Plugin/Examples", file));
            var title = Title().Match(code).Groups["title"].Value;
            text.Append("\n### ").Append(title).Append("\n\n[").Append(file).Append("](../samples/Plugin/Examples/").Append(file);
            text.Append(")\n\n```csharp\n").Append(code.TrimEnd()).Append("\n```\n");
        }
        return text.ToString();
    }

    private static IEnumerable<MemberInfo> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static
            | BindingFlags.DeclaredOnly;
        if (type.IsEnum) return type.GetFields(BindingFlags.Public | BindingFlags.Static);
        var properties = type.GetProperties(Declared).Where(p => p.GetMethod is { } get && IsOffered(get) && !IsOverride(get));
        var methods = type.GetMethods(Declared).Where(m => IsOffered(m) && !m.IsSpecialName && !IsOverride(m)
            && !m.IsDefined(typeof(CompilerGeneratedAttribute)));
        // In the order of the source: properties first, as the types have them.
        return properties.OrderBy(p => p.MetadataToken).Cast<MemberInfo>().Concat(methods.OrderBy(m => m.MetadataToken));
    }

    private static bool IsOffered(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsOverride(MethodInfo method) => method.GetBaseDefinition() != method;

    private static string Signature(MemberInfo member) => member switch
    {
        PropertyInfo p when p.GetIndexParameters() is { Length: > 0 } at => $"{Name(p.PropertyType)} this[{Parameters(at)}]",
        PropertyInfo p => $"{Name(p.PropertyType)} {p.Name}",
        MethodInfo m => $"{Name(m.ReturnType)} {m.Name}({Parameters(m.GetParameters())})",
        _ => member.Name,
    };

    private static string Parameters(ParameterInfo[] parameters) => string.Join(", ", parameters.Select(p =>
        (p.IsDefined(typeof(ParamArrayAttribute)) ? "params " : p.IsOut ? "out " : p.IsIn ? "in " : p.ParameterType.IsByRef ? "ref " : "")
        + $"{Name(p.ParameterType)} {p.Name}" + (p.HasDefaultValue ? $" = {p.DefaultValue ?? "default"}" : "")));

    private static string Name(Type type) => type.IsByRef ? Name(type.GetElementType()!)
        : type.IsArray ? Name(type.GetElementType()!) + "[]"
        : _keywords.TryGetValue(type, out var keyword) ? keyword
        : Nullable.GetUnderlyingType(type) is { } value ? Name(value) + "?"
        : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;

    // The compiler's names of members: "M:Granary.Engine.Strategies.StrategyContext.Enter(Granary.Engine.Trading.Side)".
    private static string Id(MemberInfo member)
    {
        if (member is Type type) return $"T:{type.FullName}";
        var parameters = member switch
        {
            MethodInfo m => m.GetParameters(),
            PropertyInfo p => p.GetIndexParameters(),
            _ => [],
        };
        var kind = member switch { MethodInfo => 'M', PropertyInfo => 'P', _ => 'F' };
        return $"{kind}:{member.DeclaringType!.FullName}.{member.Name}"
            + (parameters.Length == 0 ? "" : $"({string.Join(',', parameters.Select(p => IdOf(p.ParameterType)))})");
    }

    private static string IdOf(Type type) => type.IsByRef ? IdOf(type.GetElementType()!) + "@"
        : type.IsArray ? IdOf(type.GetElementType()!) + "[]"
        : type.IsGenericType ? type.FullName![..type.FullName!.IndexOf('`')] + '{'
            + string.Join(',', type.GetGenericArguments().Select(IdOf)) + '}'
        : type.FullName!;

    private static string Summary(MemberInfo member) => _documented.Value.TryGetValue(Id(member), out var element)
        ? Space().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal) : "";

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")!.Value.Split('(')[0].Split('.')[^1]}`",
        XElement { Name.LocalName: "paramref" } of => $"`{of.Attribute("name")!.Value}`",
        XElement other => string.Concat(other.Nodes().Select(Text)),
        _ => "",
    };

    private static string Capital(string text) => text.Length == 0 ? "" : char.ToUpperInvariant(text[0]) + text[1..];

    private static readonly Lazy<IReadOnlyDictionary<string, XElement>> _documented = new(() =>
        XDocument.Load(System.IO.Path.ChangeExtension(typeof(Strategy).Assembly.Location, ".xml")).Descendants("member")
            .Where(m => m.Element("summary") is not null)
            .ToDictionary(m => m.Attribute("name")!.Value, m => m.Element("summary")!, StringComparer.Ordinal));

    [GeneratedRegex(@"\s+", RegexOptions.NonBacktracking)]
    private static partial Regex Space();

    [GeneratedRegex(@"<summary>(?<title>[^.:;]+)[.:;]", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Title();
}
