using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Testing;

namespace Granary.Api.Tests.Conformance;

/// <summary>What is demanded of every answer: examples that differ from docs/openapi.json are found, and its own do not.</summary>
public class DescribedAnswersTests
{
    private static readonly JsonElement s_document = Read("docs/openapi.json");

    private static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, path)),
        new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true }).RootElement;

    [Fact]
    public void Every_example_of_the_document_is_of_its_schema()
    {
        var schemas = new DocumentSchemas(s_document);
        var wrong = new List<string>();
        var count = 0;
        Look(s_document.GetProperty("paths"), "/paths");
        wrong.ShouldBeEmpty("record the examples again with GRANARY_WRITE_EXAMPLES=1");
        count.ShouldBeGreaterThan(50);

        void Look(JsonElement node, string at)
        {
            if (node.ValueKind == JsonValueKind.Array)
                foreach (var (i, item) in node.EnumerateArray().Index()) Look(item, $"{at}/{i}");
            if (node.ValueKind != JsonValueKind.Object) return;
            if (node.TryGetProperty("example", out var example) && node.TryGetProperty("schema", out _))
            {
                count++;
                if (schemas.FaultOf(at + "/schema", example) is { } fault) wrong.Add($"{at}: {fault}");
            }
            foreach (var member in node.EnumerateObject().Where(m => m.Name != "example"))
                Look(member.Value, at + DocumentSchemas.Step(member.Name));
        }
    }

    [Theory]
    [InlineData("state", "\"ready\"")]
    [InlineData("kind", null)]
    [InlineData("revision", "1.5")]
    [InlineData("revision", "9007199254740992")]
    [InlineData("submittedAt", "\"yesterday\"")]
    [InlineData("digest", "\"XYZ\"")]
    [InlineData("wrongInput", "\"false\"")]
    [InlineData("files", "\"equity.csv\"")]
    [InlineData("files", "[ \"../equity.csv\" ]")]
    [InlineData("progress", "{ }")]
    public void An_answer_that_differs_from_the_document_is_found(string member, string? value)
    {
        var operation = DescribedOperation.Of(HttpMethod.Get, new Uri("http://server/api/v1/batches/b"))!;
        var answer = JsonNode.Parse(operation.Operation.GetProperty("responses").GetProperty("200").GetProperty("content")
            .GetProperty("application/json").GetProperty("example").GetRawText())!.AsObject();
        FaultOf().ShouldBeNull();
        if (value is null) answer.Remove(member);
        else answer[member] = JsonNode.Parse(value);
        FaultOf().ShouldNotBeNull().ShouldContain(member);

        string? FaultOf() => operation.FaultOf(200, "application/json", JsonSerializer.SerializeToElement(answer));
    }

    [Fact]
    public void A_problem_that_differs_from_the_document_is_found()
    {
        var operation = DescribedOperation.Of(HttpMethod.Get, new Uri("http://server/api/v1/batches/b"))!;
        operation.FaultOf(404, "application/problem+json", JsonSerializer.SerializeToElement(new { status = "none" })).ShouldNotBeNull();
        operation.FaultOf(404, "application/json", null).ShouldNotBeNull();
        operation.FaultOf(299, "application/json", null).ShouldNotBeNull();
    }

    [Fact]
    public void Batch_files_of_the_repository_are_of_their_schema()
    {
        var schemas = new DocumentSchemas(Read("docs/batch.schema.json"));
        var files = Directory.GetFiles(Path.Combine(SharedData.RepositoryRoot, "samples"), "*.json");
        files.Length.ShouldBeGreaterThan(3);
        foreach (var file in files) schemas.FaultOf("", Read(file)).ShouldBeNull(file);
    }

    [Theory]
    [InlineData("data", "{ \"source\": \"csv:x\", \"timeframe\": \"2d\" }")]
    [InlineData("data", "{ \"parts\": [ { \"symbols\": [] } ] }")]
    [InlineData("strategies", "[ { \"class\": 1 } ]")]
    [InlineData("seed", "\"one\"")]
    [InlineData("portfolioo", "{ }")]
    public void A_wrong_batch_file_is_found(string member, string value)
    {
        var schemas = new DocumentSchemas(Read("docs/batch.schema.json"));
        var batch = JsonNode.Parse(Read("samples/quickstart.json").GetRawText(),
            documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!.AsObject();
        batch[member] = JsonNode.Parse(value);
        schemas.FaultOf("", JsonSerializer.SerializeToElement(batch)).ShouldNotBeNull().ShouldContain(member);
    }
}
