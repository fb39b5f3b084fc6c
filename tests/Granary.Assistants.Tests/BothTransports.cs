using ModelContextProtocol.Client;

namespace Granary.Assistants.Tests;

/// <summary>Clients over both transports.</summary>
internal static class BothTransports
{
    /// <summary>Connects over http to the shared server, or over stdio to a process <c>granary mcp</c> in a folder.</summary>
    public static async Task<McpClient> ConnectAsync(string transport, ServedAssistants served, TestFolder folder,
        params string[] options) => transport == "http" ? await served.ClientAsync() : await StdioAsync(folder, options);

    public static Task<McpClient> StdioAsync(TestFolder folder, params string[] options) => McpClient.CreateAsync(
        new StdioClientTransport(new()
        {
            Name = "granary",
            Command = "dotnet",
            Arguments = TestFolder.Words(["mcp", "--data", "data", "--runs", "runs", .. options]),
            WorkingDirectory = folder.Root,
            EnvironmentVariables = folder.Environment.ToDictionary(),
        }));
}
