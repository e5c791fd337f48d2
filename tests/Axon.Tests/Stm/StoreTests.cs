// Licensed under the Apache License, Version 2.0. See LICENSE.

namespace Axon.Tests.Stm;

public class StoreTests
{
    private readonly Store _store = new();

    [Fact]
    [Trait("Spec", "AX-STM-01")]
    public void UseVar_NameNeverUsed_IsNullInVersion0()
    {
        StmValue value = _store.UseVar("new");
        StmCollection both = _store.Using("new", "newer");

        Assert.Equal(("new", 0, null), (value.Key, value.Version, value.Value));
        Assert.Equal(["new", "newer"], both.Keys);
        Assert.All(both.Values, copy => Assert.Equal((0, null), (copy.Version, copy.Value)));
    }

    [Fact]
    [Trait("Spec", "AX-STM-02")]
    public void Set_UntilCommit_ChangesTheCopyOnly()
    {
        StmValue value = _store.UseVar("greeting");
        value.Set("Hello World");
        Assert.Equal("Hello World", value.Value);
        Assert.Null(_store.UseVar("greeting").Value);

        value.Commit();
        Assert.Equal("Hello World", _store.UseVar("greeting").Value);
    }

    [Fact]
    [Trait("Spec", "AX-STM-03")]
    public void Commit_Repeatedly_RaisesTheVersionOfBoth()
    {
        StmValue value = _store.UseVar("n");
        for (int i = 1; i <= 3; i++)
        {
            value.Set(i);
            value.Commit();
            StmValue stored = _store.UseVar("n");
            Assert.Equal((i, i, i), (value.Version, stored.Version, stored.Value));
        }
    }

    [Fact]
    [Trait("Spec", "AX-STM-04")]
    public void Commit_StaleCopy_FailsAlwaysAndChangesNothing()
    {
        StmValue stale = _store.UseVar("n");
        StmValue other = _store.UseVar("n");
        other.Set("other");
        other.Commit();
        stale.Set("stale");
        for (int i = 0; i < 3; i++)
        {
            ConcurrentUpdateException exception = Assert.Throws<ConcurrentUpdateException>(stale.Commit);
            Assert.Equal(["n"], exception.Keys);
            Assert.Contains("\"n\"", exception.Message, StringComparison.Ordinal);
            Assert.Equal(CommitResult.Stale, stale.TryCommit());
        }

        Assert.Equal((0, 1, "other"), (stale.Version, _store.UseVar("n").Version, _store.UseVar("n").Value));
        StmValue fresh = _store.UseVar("n");
        fresh.Set("again");
        fresh.Commit();
        Assert.Equal("again", _store.UseVar("n").Value);
    }

    // The example of Axon/STM.py.
    [Fact]
    [Trait("Spec", "AX-STM-05")]
    public void CollectionCommit_OneStaleName_CommitsNone()
    {
        StmCollection first = _store.Using("account_one", "account_two", "myaccount");
        first["myaccount"].Set(0);
        first["account_one"].Set(50);
        first["account_two"].Set(100);
        first.Commit();

        StmCollection mine = _store.Using("account_one", "account_two", "myaccount");
        mine["myaccount"].Set((int)mine["account_one"].Value! + (int)mine["account_two"].Value!);
        StmCollection other = _store.Using("account_one", "myaccount");
        other["myaccount"].Set((int)other["myaccount"].Value! - 100);
        other["account_one"].Set(100);
        other.Commit();
        mine["account_one"].Set(0);
        mine["account_two"].Set(0);

        Assert.Equal(["account_one", "account_two", "myaccount"], Assert.Throws<ConcurrentUpdateException>(mine.Commit).Keys);
        Assert.Equal("account_one, version 2: 100\naccount_two, version 1: 100\nmyaccount, version 2: -100\n", _store.Dump());
        Assert.Equal([1, 1, 1], mine.Values.Select(value => value.Version));
    }

    [Fact]
    [Trait("Spec", "AX-STM-06")]
    public void CollectionCommit_UnchangedNames_RaiseTheirVersionsToo()
    {
        StmCollection copies = _store.Using("read", "written");
        StmValue reader = _store.UseVar("read");
        copies["written"].Set(1);
        copies.Commit();

        Assert.Equal(1, _store.UseVar("read").Version);
        Assert.Equal(CommitResult.Stale, reader.TryCommit());
        Assert.Equal(CommitResult.Committed, copies.TryCommit());
        Assert.Equal([2, 2], copies.Values.Select(value => value.Version));
    }

    [Fact]
    [Trait("Spec", "AX-STM-07")]
    public void Cloner_Given_IsolatesMutableValues()
    {
        Store store = new(value => value is List<int> list ? new List<int>(list) : value);
        StmValue<List<int>> committed = store.UseVar<List<int>>("list");
        committed.Set([1]);
        committed.Commit();
        committed.Value!.Add(2);

        StmValue<List<int>> copy = store.UseVar<List<int>>("list");
        Assert.Equal([1], copy.Value!);
        copy.Value!.Add(3);
        copy.Clone().Value!.Add(4);
        Assert.Equal([1, 3], copy.Value);
        Assert.Equal([1], (List<int>)store.Using("list")["list"].Value!);
    }

    [Fact]
    [Trait("Spec", "AX-STM-07")]
    public void Cloner_None_HandsOutTheSameObject()
    {
        object immutable = new();
        StmValue value = _store.UseVar("n");
        value.Set(immutable);
        value.Commit();

        Assert.Same(immutable, _store.UseVar("n").Value);
    }

    [Fact]
    [Trait("Spec", "AX-STM-08")]
    public void AnyCall_AnotherThreadInside_SaysBusyAndChangesNothing()
    {
        StmValue value = _store.UseVar("n");
        StmCollection copies = _store.Using("n", "m");
        value.Set("new");
        copies["m"].Set("new");
        string before = _store.Dump();

        using Barrier barrier = new(2);
        Thread inside = new(() =>
        {
            lock (_store.Gate)
            {
                barrier.SignalAndWait(Patience.Limit);
                barrier.SignalAndWait(Patience.Limit);
            }
        })
        { IsBackground = true };
        inside.Start();
        Assert.True(barrier.SignalAndWait(Patience.Limit));
        Assert.Throws<BusyRetryException>(() => _store.UseVar("other"));
        Assert.Throws<BusyRetryException>(() => _store.UseVar<int>("other"));
        Assert.Throws<BusyRetryException>(() => _store.Using("n", "other"));
        Assert.Throws<BusyRetryException>(() => _store.Remove("n"));
        Assert.Throws<BusyRetryException>(value.Commit);
        Assert.Throws<BusyRetryException>(copies.Commit);
        Assert.False(_store.TryUseVar("other", out _));
        Assert.False(_store.TryUsing(out _, "other"));
        Assert.Equal(CommitResult.Busy, value.TryCommit());
        Assert.True(barrier.SignalAndWait(Patience.Limit));
        Assert.True(inside.Join(Patience.Limit));

        Assert.Equal(before, _store.Dump());
        value.Commit();
        Assert.Equal("new", _store.UseVar("n").Value);
    }

    [Fact]
    [Trait("Spec", "AX-STM-09")]
    public void Errors_OfAllKinds_LeaveTheStoreOpen()
    {
        bool fails = false;
        Store store = new(value => fails ? throw new FormatException("on purpose") : value);
        StmCollection copies = store.Using("a", "b");
        fails = true;
        Assert.Throws<FormatException>(() => store.UseVar("a"));
        Assert.Throws<FormatException>(copies.Commit);
        fails = false;
        Assert.Throws<ArgumentNullException>(() => store.UseVar(null!));
        StmValue stale = store.UseVar("a");
        copies.Commit();
        Assert.Throws<ConcurrentUpdateException>(stale.Commit);
        store.Remove("a");
        Assert.Throws<KeyNotFoundException>(copies.Commit);

        OtherThread.Do(() => Assert.Equal(1, store.UseVar("b").Version));
    }

    [Fact]
    [Trait("Spec", "AX-STM-10")]
    public void Commit_NameRemovedMeanwhile_Throws()
    {
        StmCollection copies = _store.Using("stays", "vanishes");
        StmValue copy = _store.UseVar("vanishes");
        Assert.True(_store.Remove("vanishes"));
        Assert.False(_store.Remove("vanishes"));

        Assert.Contains("\"vanishes\"", Assert.Throws<KeyNotFoundException>(copy.Commit).Message, StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(copies.Commit);
        Assert.Equal(0, _store.UseVar("stays").Version);
    }

    [Fact]
    public void Commit_NameRemovedAndMadeAnew_IsStale()
    {
        StmValue old = _store.UseVar("n");
        old.Commit();
        _store.Remove("n");
        _store.UseVar("n");

        Assert.Equal(CommitResult.Stale, old.TryCommit());
    }

    [Fact]
    public void UseVar_OfAType_UnwrapsAndDefaults()
    {
        StmValue<int> number = _store.UseVar<int>("number");
        Assert.Equal(0, number.Value);
        number.Value += 5;
        Assert.Equal(CommitResult.Committed, number.TryCommit());

        Assert.Equal(("number", 1, 5), (number.Key, number.Version, number.Value));
        Assert.Equal(5, _store.Using("number")["number"].As<int>().Value);
        Assert.Equal("number, version 1: 5", number.ToString());
        Assert.Equal((1, 5), (number.Clone().Version, number.Untyped.Clone().Value));
        InvalidCastException exception = Assert.Throws<InvalidCastException>(() => _store.UseVar<string>("number").Value);
        Assert.Contains("\"number\" is a Int32", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Collection_AsADictionary_HasEachNameOnceInTheOrderAskedFor()
    {
        StmCollection copies = _store.Using("b", "a", "b");

        Assert.Equal(["b", "a"], copies.Keys);
        Assert.Equal(["b", "a"], copies.Select(pair => pair.Value.Key));
        Assert.Equal(2, copies.Count);
        Assert.True(copies.ContainsKey("a"));
        Assert.True(copies.TryGetValue("b", out StmValue? value));
        Assert.Same(copies["b"], value);
        Assert.Contains("It has b, a.", Assert.Throws<KeyNotFoundException>(() => copies["c"]).Message, StringComparison.Ordinal);
        Assert.Empty(_store.Using());
    }

    [Fact]
    public void Increments_FromManyThreads_AreNeitherLostNorDoubled()
    {
        const int Threads = 4;
        const int Increments = 5000;
        Together(Threads, _ =>
        {
            for (int done = 0; done < Increments;)
            {
                if (_store.TryUseVar("n", out StmValue? value))
                {
                    value.Set((int)(value.Value ?? 0) + 1);
                    CommitResult result = value.TryCommit();
                    while (result == CommitResult.Busy)
                    {
                        result = value.TryCommit();
                    }

                    done += result == CommitResult.Committed ? 1 : 0;
                }
            }
        });

        Assert.Equal((Threads * Increments, Threads * Increments), (_store.UseVar("n").Version, _store.UseVar("n").Value));
    }

    [Fact]
    public void Transfers_FromManyThreads_NeverShowHalfOfOne()
    {
        const int Threads = 4;
        const int Transfers = 2000;
        string[] accounts = ["a", "b", "c"];
        int seenWrong = 0;
        Together(Threads, seed =>
        {
            Random random = new(seed);
            for (int done = 0; done < Transfers;)
            {
                if (!_store.TryUsing(out StmCollection? copies, accounts))
                {
                    continue;
                }

                StmValue<int>[] balances = [.. copies.Values.Select(copy => copy.As<int>())];
                if (balances.Sum(balance => balance.Value) != 0)
                {
                    Interlocked.Increment(ref seenWrong);
                }

                int amount = random.Next(100);
                balances[random.Next(3)].Value -= amount;
                balances[random.Next(3)].Value += amount;
                done += copies.TryCommit() == CommitResult.Committed ? 1 : 0;
            }
        });

        Assert.Equal(0, seenWrong);
        Assert.Equal([Threads * Transfers, Threads * Transfers, Threads * Transfers], _store.Using(accounts).Values.Select(copy => copy.Version));
    }

    /// <summary>Does the same on several threads at once, and waits until all have done it.</summary>
    internal static void Together(int threads, Action<int> action)
    {
        Thread[] all = [.. Enumerable.Range(0, threads).Select(number => new Thread(() => action(number)) { IsBackground = true })];
        Array.ForEach(all, thread => thread.Start());
        Assert.All(all, thread => Assert.True(thread.Join(Patience.Limit), "A thread did not come to its end."));
    }
}
