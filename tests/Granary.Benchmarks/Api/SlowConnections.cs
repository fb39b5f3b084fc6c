using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Granary.Benchmarks.Api;

/// <summary>500 connections that never finish their request and 200 event streams: others are served meanwhile.</summary>
internal sealed class SlowConnections(ServerProcess server, LimitChecks limits)
{
    private const int Slow = 500, Streams = 200;

    public async Task RunAsync()
    {
        using var http = server.Connect();
        // A batch that runs as long as the streams: they stay open.
        using var body = new StringContent(ServerProcess.Batch("watched", Enumerable.Range(2, 46), Enumerable.Range(50, 90)),
            Encoding.UTF8, "application/json");
        using var submitted = await http.PostAsync("api/v1/batches", body);
        var id = JsonDocument.Parse(await submitted.Content.ReadAsStringAsync()).RootElement.GetProperty("id").GetString();
        var open = await Task.WhenAll(Enumerable.Range(0, Slow).Select(_ => OpenAsync("POST /api/v1/batches HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")));
        var streams = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async _ =>
        {
            var answer = await http.GetAsync($"api/v1/batches/{id}/events", HttpCompletionOption.ResponseHeadersRead);
            return answer;
        }));
        var served = streams.Count(s => s.StatusCode == HttpStatusCode.OK);
        limits.Check($"{Streams} event streams beside {Slow} slow connections", served == Streams, $"{served} streams served");
        var times = await ReadAsync(TimeSpan.FromSeconds(10));
        limits.Check("others are served meanwhile", LimitChecks.Quantile(times, 0.99) < 1000, LimitChecks.Text(times));
        foreach (var connection in open) connection.Dispose();
        foreach (var stream in streams) stream.Dispose();
        using var cancelled = await http.DeleteAsync($"api/v1/batches/{id}");
    }

    private async Task<TcpClient> OpenAsync(string head)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, server.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(head));
        return client;
    }

    private async Task<List<double>> ReadAsync(TimeSpan length)
    {
        using var http = server.Connect();
        var times = new List<double>();
        var begin = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begin) < length)
        {
            var started = Stopwatch.GetTimestamp();
            await http.GetByteArrayAsync("api/v1/batches?limit=20");
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(20);
        }
        return times;
    }
}
