using System.Net.Http.Json;
using System.Text.Json;
using Granary.Contracts.Jobs;
using Granary.Testing;

namespace Granary.Api.Tests;

internal static class Answers
{
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage answer) =>
        (await answer.Content.ReadFromJsonAsync<T>(JobJson.Options))!;

    /// <summary>Demands a problem+json of that status, and gives its sentence.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage answer, int status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        ((int)answer.StatusCode).ShouldBe(status, text);
        answer.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json");
        var problem = JsonDocument.Parse(text).RootElement;
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        var title = problem.GetProperty("title").GetString()!;
        var section = $"\n## {title}\n";
        (await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "docs", "errors.md"))).ShouldContain(section, Case.Sensitive,
            "each type of problem leads to a section of docs/errors.md");
        problem.GetProperty("type").GetString().ShouldBe("/errors/" + title.ToLowerInvariant().Replace(' ', '-'));
        return problem.GetProperty("detail").GetString()!;
    }
}
