using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;
using Json.Schema;
using k8s;
using k8s.Models;
using YamlDotNet.Serialization;

namespace Granary.Deployment.Tests.Kubernetes;

/// <summary>
/// The objects that helm makes of the chart. Each is read with the published types of Kubernetes, or the published schema of its custom
/// resource; a field that they do not have is an error.
/// </summary>
internal sealed class RenderedChart
{
    public const string Namespace = "trading";

    private static readonly string[] s_custom = ["ScaledObject", "ServiceMonitor"];

    private RenderedChart(IReadOnlyList<string> documents)
    {
        foreach (var document in documents)
        {
            var kind = KindOf(document);
            if (s_custom.Contains(kind)) Custom[kind] = ReadCustom(kind, document);
            else Objects.Add((IKubernetesObject<V1ObjectMeta>)KubernetesYaml.LoadAllFromString(document, strict: true).Single());
        }
    }

    public List<IKubernetesObject<V1ObjectMeta>> Objects { get; } = [];

    public Dictionary<string, JsonObject> Custom { get; } = [];

    public IEnumerable<V1StatefulSet> Silos => Of<V1StatefulSet>();

    public IEnumerable<T> Of<T>() => Objects.OfType<T>();

    /// <param name="example">Name of the values file in the folder of examples.</param>
    /// <param name="more">Further arguments, as <c>--set</c>.</param>
    public static async Task<RenderedChart> RenderAsync(string example, params string[] more)
    {
        var (code, output, error) = await Helm.RunAsync(["template", "granary", ".", "--namespace", Namespace, "-f",
            $"examples/{example}.yaml", .. more]);
        code.ShouldBe(0, error);
        return Parse(output);
    }

    /// <param name="text">Documents of YAML.</param>
    /// <exception cref="FormatException">An object of a custom resource is wrong.</exception>
    public static RenderedChart Parse(string text) => new([.. text.Split("\n---", StringSplitOptions.RemoveEmptyEntries)
        .Select(d => d.TrimStart('-')).Where(d => d.Contains("kind:", StringComparison.Ordinal))]);

    /// <summary>The variables of a silo's container; those of fields of the pod have an address or name in their place.</summary>
    public static Dictionary<string, string> EnvironmentOf(V1StatefulSet silo) => silo.Spec.Template.Spec.Containers.Single().Env
        .ToDictionary(e => e.Name, e => e.Value ?? (e.ValueFrom.FieldRef.FieldPath == "status.podIP" ? "10.1.2.3" : "granary-0"));

    private static string KindOf(string document) => document.Split('\n').Single(l => l.StartsWith("kind:", StringComparison.Ordinal))
        ["kind:".Length..].Trim();

    private static JsonObject ReadCustom(string kind, string document)
    {
        var yaml = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(document)!;
        var json = JsonNode.Parse(new SerializerBuilder().JsonCompatible().Build().Serialize(yaml))!.AsObject();
        var schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "tests", "Granary.Deployment.Tests",
            "Kubernetes", "Schemas", kind + ".json")), new BuildOptions { SchemaRegistry = new SchemaRegistry() });
        var results = schema.Evaluate(JsonSerializer.SerializeToElement(json), new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid ? json : throw new FormatException(string.Join('\n',
            (results.Details ?? []).SelectMany(d => (d.Errors ?? []).Select(e => $"{d.InstanceLocation} {e.Value}"))));
    }
}
