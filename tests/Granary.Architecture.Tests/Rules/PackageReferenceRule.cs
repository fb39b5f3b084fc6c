using Granary.Architecture.Tests.CodeBases;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Granary.Architecture.Tests.Rules;

/// <summary>
/// Each package that a project references is used by a source of the project, and each package version belongs to a reference.
/// A package is used where a using directive or a full name starts with one of its namespaces, or where one of its members is named.
/// </summary>
public sealed class PackageReferenceRule : IRule
{
    // Analyzers, test hosts and a compiler that tests start: no source names them. FSharp.Core raises the version that FsCheck brings.
    // A test compiles the sample of Aspire, which uses PostgreSQL.
    private static readonly string[] BuildOnly =
    [
        "Meziantou.Analyzer", "Roslynator.Analyzers", "Microsoft.CodeAnalysis.BannedApiAnalyzers",
        "Microsoft.CodeAnalysis.PublicApiAnalyzers", "Microsoft.NET.Test.Sdk",
        "xunit.runner.visualstudio", "FSharp.Core", "Aspire.Hosting.PostgreSQL", "Azure.Bicep.CommandLine.linux-x64",
    ];

    // Namespaces (they end in a dot) and members by which a source shows that it uses a package, where that is not the package's own name.
    private static readonly (string Package, string[] Signs)[] Signs =
    [
        ("Microsoft.AspNetCore.OpenApi", ["AddOpenApi"]),
        ("JsonSchema.Net", ["Json.Schema."]),
        ("KubernetesClient", ["k8s."]),
        ("Microsoft.EntityFrameworkCore.InMemory", ["UseInMemoryDatabase"]),
        ("OpenIddict.EntityFrameworkCore", ["UseEntityFrameworkCore"]),
        ("Polly.Core", ["Polly."]),
        ("xunit.v3.assert", ["Assert"]),
        ("xunit.v3.extensibility.core", ["Fact", "Theory"]),
        ("DuckDB.NET.Data.Full", ["DuckDB.NET."]),
        ("ZstdSharp.Port", ["ZstdSharp."]),
        ("Microsoft.CodeAnalysis.CSharp", ["Microsoft.CodeAnalysis."]),
        ("Microsoft.ML.FastTree", ["Microsoft.ML.Trainers.FastTree.", "FastTree", "FastForest"]),
        ("Microsoft.ML.LightGbm", ["Microsoft.ML.Trainers.LightGbm.", "LightGbm"]),
        ("Microsoft.Orleans.Sdk", ["Orleans.", "GenerateSerializer"]),
        ("Microsoft.Orleans.Serialization.SystemTextJson", ["AddJsonSerializer"]),
        ("Microsoft.Orleans.Runtime", ["Orleans.Runtime."]),
        ("Microsoft.Orleans.Journaling", ["Orleans.Journaling."]),
        ("Microsoft.Orleans.Streaming", ["Orleans.Streams.", "Orleans.Providers.Streams.", "AddMemoryStreams", "AddPersistentStreams"]),
        ("Microsoft.Orleans.Reminders", ["IRemindable", "RegisterOrUpdateReminder", "UseInMemoryReminderService", "ReminderOptions"]),
        ("Microsoft.Orleans.Reminders.AdoNet", ["UseAdoNetReminderService"]),
        ("Microsoft.Orleans.Clustering.AdoNet", ["UseAdoNetClustering"]),
        ("Microsoft.Orleans.Connections.Security", ["Orleans.Connections.Security.", "UseTls"]),
        ("Microsoft.Orleans.Hosting.Kubernetes", ["UseKubernetesHosting"]),
        ("Microsoft.Orleans.Persistence.AdoNet", ["AddAdoNetGrainStorage", "AddAdoNetGrainStorageAsDefault"]),
        ("Microsoft.Orleans.Persistence.Memory", ["AddMemoryGrainStorage", "AddMemoryGrainStorageAsDefault"]),
        ("Microsoft.Orleans.Dashboard", ["Orleans.Dashboard."]),
        ("Aspire.Hosting.AppHost", ["DistributedApplication"]),
        ("Aspire.Hosting.PostgreSQL", ["AddPostgres"]),
        ("Microsoft.Orleans.Server", ["UseOrleans", "ISiloBuilder"]),
        ("Microsoft.Orleans.TestingHost", ["Orleans.TestingHost."]),
        ("OpenTelemetry.Exporter.OpenTelemetryProtocol", ["AddOtlpExporter"]),
        ("OpenTelemetry.Exporter.Prometheus.AspNetCore", ["AddPrometheusExporter"]),
        ("OpenTelemetry.Extensions.Hosting", ["AddOpenTelemetry"]),
        ("OpenTelemetry.Instrumentation.AspNetCore", ["AddAspNetCoreInstrumentation"]),
    ];

    public string Remedy => "Remove the reference, or add a sign of its use to PackageReferenceRule.";

    public IEnumerable<Violation> Find(CodeBase code)
    {
        foreach (var project in code.ProjectFiles.Where(project => project.Packages.Any()))
        {
            var names = NamesIn(code.Sources.Where(file => project.Compiles(file.Path)));
            var packages = project.Packages.Where(package => !BuildOnly.Contains(package.Name));
            foreach (var (package, line) in packages.Where(package => !IsUsed(package.Name, names)))
            {
                yield return new(project.Path, line, $"no source of {project.Name} uses {package}");
            }
        }

        var referenced = code.ProjectFiles.Concat(code.SharedProperties)
            .SelectMany(file => file.Packages).Select(package => package.Name).ToHashSet();
        foreach (var file in code.SharedProperties)
        {
            foreach (var (package, line) in file.PackageVersions.Where(package => !referenced.Contains(package.Name)))
            {
                yield return new(file.Path, line, $"no project references {package}");
            }
        }
    }

    private static bool IsUsed(string package, HashSet<string> names)
    {
        var signs = Array.Find(Signs, entry => entry.Package == package).Signs ?? [package + "."];
        return Array.Exists(signs, names.Contains);
    }

    // Each identifier as it is, and each dotted name with all of its beginnings, which end in a dot.
    private static HashSet<string> NamesIn(IEnumerable<SourceFile> files)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in files.SelectMany(file => file.Nodes))
        {
            var dotted = node switch
            {
                SimpleNameSyntax simple => simple.Identifier.ValueText,
                UsingDirectiveSyntax directive => directive.NamespaceOrType + ".",
                QualifiedNameSyntax => node.ToString(),
                _ => "",
            };
            names.Add(dotted);
            for (var dot = dotted.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = dotted.IndexOf('.', dot + 1))
            {
                names.Add(dotted[..(dot + 1)]);
            }
        }

        return names;
    }
}
