DROP TABLE candidate_counts;
