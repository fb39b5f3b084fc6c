using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Granary.Testing;
using Xunit.v3;

namespace Granary.Assistants.Tests;

/// <summary>The official inspector of the protocol, a program of Node.js, over both transports.</summary>
public sealed class InspectorTests(ServedAssistants served) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [InspectorTheory, InlineData("stdio"), InlineData("http")]
    public async Task The_inspector_lists_and_calls(string transport)
    {
        var to = await TargetAsync(transport);
        var tools = (await InspectAsync(to, "--method", "tools/list"))["tools"]!.AsArray();
        tools.Select(t => t!["name"]!.GetValue<string>()).ShouldContain("run_backtest");
        (await InspectAsync(to, "--method", "resources/list"))["resources"]!.AsArray().Count.ShouldBeGreaterThan(40);
        (await InspectAsync(to, "--method", "prompts/list"))["prompts"]!.AsArray().Count.ShouldBe(4);
        var answer = await InspectAsync(to, "--method", "tools/call", "--tool-name", "list_catalogue", "--tool-arg", "kind=strategies",
            "--tool-arg", "limit=2");
        answer["structuredContent"]!["strategies"]!.AsArray().Count.ShouldBe(2);
        var refusal = await InspectAsync(to, "--method", "tools/call", "--tool-name", "get_results", "--tool-arg", "run=none");
        refusal["isError"]!.GetValue<bool>().ShouldBeTrue();
        refusal["content"]![0]!["text"]!.GetValue<string>().ShouldStartWith("there is no run 'none' here");
        var page = await InspectAsync(to, "--method", "resources/read", "--uri", "granary://docs/validation");
        page["contents"]![0]!["text"]!.GetValue<string>().ShouldStartWith("# ");
    }

    private async Task<string[]> TargetAsync(string transport)
    {
        if (transport == "stdio") return ["dotnet", .. TestFolder.Words("mcp", "--data", _folder.At("data"), "--runs", _folder.At("runs"))];
        var server = await served.ServerAsync;
        return [server.Url + "/mcp", "--transport", "http", "--header", "Authorization: Bearer " + server.Key("submitter")];
    }

    private static async Task<JsonNode> InspectAsync(string[] target, params string[] request)
    {
        var start = new ProcessStartInfo("node", [InspectorTheoryAttribute.Program!, "--cli", .. target, .. request])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await error + output);
        return JsonNode.Parse(output)!;
    }
}

/// <summary>A theory that needs the inspector.</summary>
[XunitTestCaseDiscoverer(typeof(RequirementDiscoverer))]
[AttributeUsage(AttributeTargets.Method)]
internal sealed class InspectorTheoryAttribute([CallerFilePath] string? sourceFilePath = null, [CallerLineNumber] int sourceLineNumber = -1)
    : TheoryAttribute(sourceFilePath, sourceLineNumber), IRequirement
{
    /// <summary>The inspector's file; null if there is none.</summary>
    public static string? Program { get; } =
        Environment.GetEnvironmentVariable("GRANARY_TEST_INSPECTOR") is { Length: > 0 } given && File.Exists(given) ? given : null;

    public string? Missing(Type testClass) => Program is not null ? null
        : "needs the inspector of the Model Context Protocol: its file in GRANARY_TEST_INSPECTOR (test.sh fetches it where npm is)";
}
